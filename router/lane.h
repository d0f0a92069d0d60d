// One loop with all its objects: the plan in use, the front doors, the exchanges and the backends.
//
// Owner: Router keeps one per thread.   Thread: its own loop's, once run() has begun; before that the builder's.
// Not here: binding sockets, signals, what happens on all loops at once (router/router.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "router/access/access_gate.h"
#include "router/access/loop_hash_desk.h"
#include "router/access/sticky_seal.h"
#include "router/acme/http_challenges.h"
#include "router/admin/desk.h"
#include "router/circuits/lane_circuits.h"
#include "router/edge/front_door.h"
#include "router/exchange/exchanges.h"
#include "router/exchange/plan_in_use.h"
#include "router/exchange/tally_book.h"
#include "router/fabric/fabric_driver.h"
#include "router/loop_backends.h"
#include "router/net/loop.h"
#include "router/net/loop_clock.h"
#include "router/observe/counters.h"
#include "router/observe/request_book.h"
#include "router/observe/request_logs.h"
#include "router/settings/settings.h"
#include "router/trace/tracer.h"

namespace zeroway {

// A front door of a plan: one that is open already, or one to be opened with a new socket.
struct DoorChange {
  std::uint64_t door = 0;              // which door; a number is never used twice
  std::size_t listener = 0;            // in Plan::listeners
  std::string circuit{};               // whose port it is, as "/SESSION/SERVICE"; "" = the door is the listener's own
  Language language = Language::http;  // of a circuit's port
  Socket socket{};                     // not open: the door is open already
  std::optional<TlsTerms> tls{};
};

// What all loops share of a plan.
struct SharedParts {
  SharedPools pools;
  SharedCookies cookies;
  std::vector<std::shared_ptr<LogFile>> log_files;  // in the order of Plan::log_files
  std::string cookie_key;                           // for cookies of the router's own; "" = no route has any
  std::shared_ptr<SharedLimits> limits;             // null before the first plan that counts requests
};

class Lane {
 public:
  // `settings`, `types`, `hashes`, `desk` and `uses` outlive the lane. Without a tracer requests are in no traces of
  // ours.
  Lane(const Settings& settings, const MimeTypes& types, HashPool& hashes, Welcome welcome, Checks checks, Desk& desk,
       CircuitUses& uses, std::unique_ptr<Tracer> tracer = nullptr);

  // Answers new requests by `plan` at `doors` from now on. Doors that are not named drain.
  void use(std::shared_ptr<const Plan> plan, const SharedParts& parts, std::vector<DoorChange> doors);
  // Answers these challenges of ACME over HTTP from now on, and no others; null = none.
  void answer(std::shared_ptr<const OpenChallenges> challenges) { challenges_.use(std::move(challenges)); }
  // What the files hold that logins of the plan need. Before use() of this plan, and when one of them has changed.
  void use_secrets(const Secrets& secrets) { access_.use(secrets); }
  // TLS connections of `door`, and of the circuits' ports beside it, that begin from now on have `terms`.
  void use_tls(std::uint64_t door, const TlsTerms& terms);
  // A circuit has the port `port` from now on, at a new door.
  void open_port(DoorChange door, std::uint16_t port);
  // It has none any more; the door drains.
  void close_port(const std::string& circuit, std::uint64_t door);

  // Circuits of the management API that changed.
  void update(const CircuitUpdate& update) { circuits_.update(update); }
  // Whether a coordinator's circuits are still to come.
  void wait_for_circuits(bool is_waiting) { circuits_.wait_for_circuits(is_waiting); }

  // Accepts nothing new. `drained` is called once, when the last client is gone.
  void drain(std::function<void()> drained);
  // Cancels all open requests and closes all connections at once.
  void drop_all();
  // Hands over the spans that still wait here; once the loop has ended.
  void flush_spans();
  // Those who answer requests, of all backends.
  [[nodiscard]] std::vector<MemberFacts> members() const;
  // For CensusWalk: all but clients of WAMP, members and tallies.
  [[nodiscard]] LaneCensus begin_census(CensusScope scope);
  [[nodiscard]] const LoopPlan& plan() const { return plan_.now(); }
  [[nodiscard]] const WampBook& wamp() { return backends_.wamp(); }
  // Nothing for a stale key.
  [[nodiscard]] std::optional<OpenRequest> open_request(ExchangeKey key);
  [[nodiscard]] const TallyBook& tallies() const { return tallies_; }
  // Of workers and streams; `number` is the lane's. Returns how many of them the change met.
  std::size_t change(const Change& change, std::size_t number);

  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] const LoopClock& clock() const { return clock_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] FabricDriver& fabric() { return fabric_; }
  [[nodiscard]] OriginDialer& dialer() { return backends_.dialer(); }

 private:
  // What the management listener has of its own: operators are no clients, and are not counted as such.
  struct Operators {
    Counters counters{};
    Exchanges exchanges;
    HttpLimits limits{};
    Admission admission;

    Operators(Loop& loop, const ExchangeSettings& settings, const WallClock& clock, AccessJudge& judge);
  };

  void on_sweep();
  std::size_t change_workers(const Change& change);
  std::size_t close_streams(const Change& change, std::size_t number);
  void open_door(DoorChange change);
  [[nodiscard]] ListenerInUse listener_of(const DoorChange& change);
  void drain_other_doors(const std::vector<DoorChange>& kept);
  void drain_door(std::uint64_t door);
  void look();
  [[nodiscard]] bool is_drained() const;

  // Each member may use the members above it.
  Loop loop_;
  LoopClock clock_{loop_};
  Counters counters_;
  RequestLogs logs_;
  const std::unique_ptr<Tracer> tracer_;
  FabricDriver fabric_;
  LoopBackends backends_;
  LaneCircuits circuits_;
  PlanInUse plan_;
  LoopHashDesk hashes_;
  AccessGate access_{{clock_, hashes_}};
  StickySeal seal_;
  HttpChallenges challenges_;
  TallyBook tallies_;
  RequestBook book_;
  Exchanges exchanges_;
  Admission admission_;
  Operators operators_;
  std::map<std::uint64_t, std::unique_ptr<FrontDoor>> doors_;
  std::vector<std::unique_ptr<FrontDoor>> draining_;  // doors that the plan no longer has
  Timer sweep_;
  std::unique_ptr<Timer> drain_look_;
  std::function<void()> when_drained_;
};

}  // namespace zeroway
