// The router's life with its coordinator.
//
//                              ┌───────────── 404: the coordinator does not know us any more ──────────────┐
//                              ▼                                                                           │
//     begin() ──▶ registering ── id ──▶ fetching ── circuits ──▶ resting ── heartbeat, or news ──▶ beating ┘
//                   ▲    │                ▲ │ ▲                    │ ▲ └── kRefetch are over ──▶ fetching  │
//                   └ no answer,          └─┘ └────────────────────┘ └─────────────────────────────────────┘
//                     later again     no answer, later again
//
//     leave() in each of them ──▶ leaving ── answer, or kLeaveTimeout ──▶ over
//
// Owner: RouterCoordinator.   Thread: one loop.
// While the coordinator is away the router serves on with what it knows. Retries come after 0.5, 1, 2, 4 s, then after
// 4 to 10 s, for ever; after a refusal every 30 s, and the log says why. Not here: JSON
// (coordinator/coordinator_json.h), connections (coordinator/coordinator_line.h), serving circuits (router/circuits).
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "router/coordinator/coordinator_json.h"
#include "router/coordinator/coordinator_line.h"
#include "router/coordinator/report_memory.h"
#include "router/coordinator/router_facts.h"
#include "router/net/loop.h"

namespace zeroway {

// What the client needs of the router.
struct CoordinatorUsers {
  std::function<void(std::vector<CircuitSpec>)> use;  // these are all circuits that the coordinator wants
  std::function<CoordinatorReport()> report;
};

class CoordinatorClient {
 public:
  struct Terms {
    std::string owner;  // of all its circuits
    std::chrono::milliseconds heartbeat{10'000};
    std::uint64_t seed = 1;  // any number; another one in each process
  };

  // `line` outlives this.
  CoordinatorClient(Loop& loop, CoordinatorLine& line, RouterFacts facts, Terms terms, CoordinatorUsers users);

  void begin();
  // Signs off. `done` is called once, in a later turn.
  void leave(std::function<void()> done);
  // Whether the last question had an answer.
  [[nodiscard]] bool is_in_contact() const { return is_in_contact_; }
  [[nodiscard]] bool has_left() const { return state_ == State::over; }

 private:
  enum class State : std::uint8_t { idle, registering, fetching, resting, beating, leaving, over };
  using Answered = void (CoordinatorClient::*)(const CoordinatorAnswer&);

  void ring();
  void start_over();
  void fetch();
  void beat();
  void rest();
  void look();
  void ask(State state, CoordinatorQuestion question, Answered answered);
  void answered(Result<CoordinatorAnswer> answer, Answered next);
  void registered(const CoordinatorAnswer& answer);
  void fetched(const CoordinatorAnswer& answer);
  void beaten(const CoordinatorAnswer& answer);
  void left();
  [[nodiscard]] bool is_refused(const CoordinatorAnswer& answer);
  void fail(const std::string& why);
  void complain(const std::string& why);
  void tell_skipped(std::vector<std::string> skipped);
  void keep_contact();
  void try_again(std::chrono::milliseconds after);
  [[nodiscard]] std::chrono::milliseconds next_retry();
  [[nodiscard]] std::string path() const { return "/api/worker/" + id_; }

  Loop& loop_;
  CoordinatorLine& line_;
  const RouterFacts facts_;
  const Terms terms_;
  CoordinatorUsers users_;
  State state_ = State::idle;
  std::string id_;         // "" = not registered
  std::string etag_;       // of the circuits that are in use
  std::size_t table_ = 0;  // hash of the answer that they were read from; 0 = none was read
  ReportMemory memory_;
  CoordinatorReport now_, telling_;  // of the beat that is under way
  Time beat_at_{}, fetch_at_{};
  std::uint32_t retries_ = 0;  // since the last answer
  std::uint64_t random_;
  bool is_in_contact_ = false;
  std::string complaint_;             // the last one: it is not repeated
  std::vector<std::string> skipped_;  // the same
  std::function<void()> when_left_;
  Timer timer_;
};

}  // namespace zeroway
