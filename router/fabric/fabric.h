// The worker side of one loop: opens streams by dealing or steering, carries their verbs, and knows what became of
// them.
//
// Owner: Router keeps one per loop.   Thread: one loop.
// It decides; sockets are behind Wire, time is given by tick() and the loop's `now`. It never opens a stream twice:
// what was lost is told to the exchange, which may open again. Not here: ZeroMQ (router/fabric/zmq_wire.h), retry rules
// (router/exchange), the even table (router/fabric/evenness.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "proto/hpack.h"
#include "proto/message.h"
#include "router/exchange/backend.h"
#include "router/fabric/abandoned_streams.h"
#include "router/fabric/connection_budgets.h"
#include "router/fabric/newcomers.h"
#include "router/fabric/once_a_minute.h"
#include "router/fabric/ping_rounds.h"
#include "router/fabric/pools.h"
#include "router/fabric/roster.h"
#include "router/fabric/settling.h"
#include "router/fabric/startup_grace.h"
#include "router/fabric/stream_table.h"
#include "router/fabric/unread_bytes.h"
#include "router/fabric/wire.h"
#include "router/observe/complaints.h"
#include "router/observe/counters.h"
#include "router/route/route_table.h"
#include "router/settings/settings.h"

namespace zeroway {

class Fabric : public Backend, public WireEvents {
 public:
  // `welcome` is what workers are told. `wants_turn_end` is called when there is something to send at the end of this
  // turn.
  Fabric(const FabricSettings& settings, Wire& wire, Welcome welcome, Counters& counters,
         std::function<void()> wants_turn_end);

  void attach(ExchangeFinder& exchanges) { exchanges_ = &exchanges; }

  // Sends what this turn gathered. Called at the end of a turn that asked for it.
  void turn_end(Time now);
  // Heartbeats. Called every tick_interval(), and `now` is kept for what comes in between.
  void tick(Time now);
  // Finds the workers that are late and the streams that have waited too long. Called after tick(), as soon as every
  // message that has come is handed in: a worker whose answer waits to be read is not late.
  void judge(Time now);
  void set_now(Time now) { now_ = now; }
  // Workers can reach it from now on.
  void bound(Time now);
  // How soon tick() is wanted: short while a dealt stream has no owner or something waits.
  [[nodiscard]] Millis tick_interval() const;

  // Backend
  [[nodiscard]] StreamKey open(ExchangeKey exchange, const Head& head, Last last, Attempt attempt) override;
  void data(StreamKey stream, Bytes bytes) override;
  void piece(StreamKey stream, Bytes bytes, MessageKind kind, Last last) override;
  void end(StreamKey stream, const Head& trailers) override;
  void reset(StreamKey stream, ResetCode code) override;
  void credit(StreamKey stream, std::uint32_t bytes) override;

  // WireEvents
  void message(std::string_view instance, Bytes payload, ConnectionId connection) override;
  void too_many_parts(std::string_view instance) override;
  void steer_came(ConnectionId connection, std::string_view address) override;
  void steer_broke(ConnectionId connection) override;
  void deal_came(std::size_t connections) override;
  void deal_broke(std::size_t connections) override;
  void deal_shook_hands() override;
  void key_refused(std::string_view address, std::string_view key) override;
  void stranger(std::string_view socket, std::string_view address, std::string_view what) override;

  // One line for each worker: who it is, where, what it serves, how it does, and for how long. For the operator.
  [[nodiscard]] std::vector<std::string> describe(Time now) const;

 private:
  enum class Proof : bool { none, nobody_saw_it };

  // Placing a stream (fabric.cpp).
  void place(FabricStream& stream);
  [[nodiscard]] bool may_deal();
  void look_at_table();
  [[nodiscard]] bool deal(FabricStream& stream);
  [[nodiscard]] bool steer(FabricStream& stream);
  void hold(Worker& worker, FabricStream& stream);
  void wait(FabricStream& stream);
  // Takes `size` bytes out of what its worker may be sent; fails the stream when they do not fit.
  [[nodiscard]] bool may_send(FabricStream& stream, std::size_t size);
  // Where frames for its worker go: its outbox, or what is kept until somebody holds the stream.
  [[nodiscard]] MessageWriter& way_to(FabricStream& stream);
  void serve_waiting();
  void expire_waiting();
  [[nodiscard]] Error wait_is_over(PoolId pool);
  [[nodiscard]] Worker* holder(const FabricStream& stream);
  [[nodiscard]] BackendEvents* events_of(const FabricStream& stream) const;
  void remove(FabricStream& stream);
  void room_appeared();
  void end_with(FabricStream& stream, const Error& error);
  // The stream broke a rule: its worker is told, its exchange too.
  void fail_stream(StreamId id, ResetCode to_worker, const Error& error);
  [[nodiscard]] MessageWriter& outbox(Worker& worker);
  void post(Worker& worker);
  void send_mail();
  void cannot_reach(Worker& worker);
  void lose_unreachable();
  [[nodiscard]] bool reads_too_little(const Worker& worker) const;
  void cut(Worker& worker, const std::string& why);

  // What workers say (fabric_workers.cpp). An error drops the worker.
  [[nodiscard]] Result<> frame(Worker* worker, std::string_view instance, const Frame& frame, ConnectionId connection);
  // Writes a line about a peer at that socket which is no worker. The same line is written once a minute.
  void tell_of_stranger(std::string_view socket, std::string_view address, std::string_view what);
  // Cuts the sender of the message that is being handed in, which is no worker.
  void turn_away(std::string_view why);
  void cut_overdue_newcomers();
  // A message had frames of that cost which are no piece of a reply.
  void talked_idly(std::string_view instance, std::size_t cost);
  void drop(std::string_view instance, ResetCode code, const std::string& what);
  void tell(std::string_view instance, ResetCode code, std::string_view what);
  void tell_stranger(std::string_view instance);
  [[nodiscard]] Result<> hello(std::string_view instance, const Frame& frame, ConnectionId connection);
  // The worker's earlier connection, if it is still known.
  void lose_replaced(const Hello& hello);
  [[nodiscard]] Result<> hello_flood(std::string_view instance);
  void join(Hello hello, ConnectionId connection);
  void update(Worker& worker, Hello hello);
  void roster_changed();
  [[nodiscard]] Result<> goaway(Worker& worker, const Frame& frame);
  void leaves(Worker& worker);
  void confirm_leaving(Worker& worker);
  void lose(Worker& worker, std::string_view why);
  [[nodiscard]] Result<> stream_frame(Worker& worker, const Frame& frame);
  void accept(Worker& worker, FabricStream& stream);
  [[nodiscard]] Result<> reply_head(FabricStream& stream, const Frame& frame);
  [[nodiscard]] Result<> reply_data(FabricStream& stream, const Frame& frame);
  void reply_end(FabricStream& stream, Head& trailers);
  [[nodiscard]] Result<> reply_piece(FabricStream& stream, const Frame& frame);
  // Whether the stream may carry `frame`'s bytes now; fails it when not.
  [[nodiscard]] bool takes(FabricStream& stream, const Frame& frame);
  [[nodiscard]] Result<> worker_reset(Worker& worker, FabricStream& stream, const Frame& frame);
  [[nodiscard]] Result<> worker_credit(FabricStream& stream, const Frame& frame);

  // What they claim, and what waits for it (fabric_routes.cpp).
  void enlist(Worker& worker);
  void delist(Worker& worker);
  // What becomes of streams whose path no worker claims.
  enum class Unclaimed : std::uint8_t { open_pool_has_them, they_wait, they_are_refused };
  [[nodiscard]] Unclaimed unclaimed_streams() const;
  void refuse_unclaimed(FabricStream& stream);
  // All of them that wait.
  void refuse_waiting();
  // A worker could take it, were it not full.
  [[nodiscard]] bool is_pool_busy(PoolId pool);
  [[nodiscard]] bool is_routed_worker_in_open_pool();
  // Those that nobody has claimed for the queue timeout.
  void forget_routes();
  void routes_changed();
  // Puts all that is with no worker yet where it belongs now; it keeps its age.
  void route_again();
  void end_orphans(const std::vector<StreamId>& orphans);
  [[nodiscard]] PoolId pool_of(const FabricStream& stream);

  // Dealt pings, heartbeats, and time (fabric_pings.cpp).
  void deal_changed(std::size_t connections);
  [[nodiscard]] bool has_change_to_ask_about();
  [[nodiscard]] bool wants_to_settle() const;
  void begin_round();
  void repeat_round();
  void deal_pings(std::uint64_t epoch);
  [[nodiscard]] Result<> pong(Worker& worker, const Frame& frame);
  [[nodiscard]] Result<> answer_ping(Worker& worker, std::uint64_t opaque);
  void round_is_complete();
  void round_is_late();
  void end_round();
  void find_silent();
  [[nodiscard]] bool knows_everybody_answered() const;
  void trim_unclaimed();
  // Streams dealt before that epoch which nobody claimed are over.
  void give_up_unclaimed(std::uint64_t before, Proof proof);
  [[nodiscard]] bool wants_round() const;
  void ping_quiet_workers();
  void lose_unheard_workers();
  // The loop did not run for so long.
  void lost_time(Time now, std::chrono::nanoseconds lost);
  [[nodiscard]] Millis longest_tick() const;
  void tell_of_starved_streams();

  void table_changed() { is_table_known_ = false; }

  const FabricSettings& settings_;
  Wire& wire_;
  Welcome welcome_;
  Counters& counters_;
  std::function<void()> wants_turn_end_;
  ExchangeFinder* exchanges_ = nullptr;
  Time now_{};

  HpackEncoder encoder_;
  HpackDecoder decoder_;
  Head scratch_;  // a head that is read for a moment
  Head no_trailers_;
  MessageWriter single_message_;  // one message that is not for a worker's outbox

  Roster roster_;
  Pools pools_;
  RouteTable routes_;
  StreamTable streams_;
  AnswerBudgets answers_;
  UnreadBytes unread_bytes_;
  IdleTalk idle_talk_;
  StrangeTalk strange_talk_;
  PingRounds rounds_;
  Settling settling_;
  Newcomers newcomers_;
  StartupGrace grace_;
  Complaints complaints_, join_log_, leave_log_, starvations_;
  OnceAMinute strangers_;

  std::vector<StreamId> gathering_;
  std::deque<StreamId> dealt_order_;                     // dealt streams in their order; claimed ones are skipped
  boost::unordered_flat_map<PoolId, Time> empty_since_;  // of routes that only lately were somebody's
  AbandonedStreams abandoned_;
  std::deque<std::pair<WorkerKey, Time>> unreachable_;  // workers to which nothing could be sent, and since when
  std::size_t dealt_count_ = 0;                         // dealt streams without an owner
  std::size_t waiting_ = 0;                             // streams in all pools' lines
  std::size_t open_pool_streams_ = 0;                   // dealt or held by workers of the open pool
  std::uint32_t smallest_capacity_ = 0;
  std::vector<WorkerKey> mail_;  // workers whose outbox holds something
  std::size_t deal_connections_ = 0;
  std::uint64_t deal_breaks_ = 0;
  Time last_tick_{};
  Time starved_look_{};  // the last one
  bool is_judgement_due_ = false;
  // What was seen when somebody last looked at the table.
  bool is_table_known_ = false;
  bool is_even_ = false;
  bool is_dealing_ = false;      // even, and settled
  bool has_new_routes_ = false;  // or fewer: look where streams that wait belong, at the end of the turn
  bool has_room_ = false;        // somebody got room: look at the lines at the end of the turn
};

}  // namespace zeroway
