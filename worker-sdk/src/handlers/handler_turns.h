// What waits on the loop: timers of handlers, coroutines that go on in this turn, and what other threads have left.
//
// Owner: HandlerRunner.   Thread: the loop.
// Not here: the turns of links and streams (worker_session.h), what a handler waits for (loop_side.h, socket_side.h).
#pragma once
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <queue>
#include <vector>

#include "handler_side.h"
#include "inbox.h"
#include "worker-sdk/src/session/worker_session.h"

namespace zeroway {

class HandlerTurns {
 public:
  HandlerTurns(const WorkerSession& session, Inbox& inbox) : session_(session), inbox_(inbox) {}

  [[nodiscard]] WorkerClock::time_point now() const { return session_.now(); }
  [[nodiscard]] bool is_draining() const { return session_.is_draining(); }
  Inbox& inbox() { return inbox_; }

  // The coroutine goes on in this turn.
  void resume_later(std::coroutine_handle<> awaiter) { ready_.push_back(awaiter); }
  // side.wake() is called with this ticket, after `duration`.
  [[nodiscard]] std::uint64_t start_timer(std::chrono::milliseconds duration, HandlerSide& side);

  // The end of a turn: the inbox, then the timers, then the coroutines. False when there was nothing to do.
  bool run();
  // When the next timer is due; max() = never.
  [[nodiscard]] WorkerClock::time_point next_timer() const {
    return timers_.empty() ? WorkerClock::time_point::max() : timers_.top().at;
  }
  [[nodiscard]] std::size_t timers() const { return timers_.size(); }

 private:
  struct Timer {
    WorkerClock::time_point at;
    std::uint64_t ticket;
    HandlerSide* side;
    bool operator>(const Timer& other) const { return at > other.at; }
  };

  void ring_timers();
  void drop_stale_timers();
  bool resume_ready();

  const WorkerSession& session_;
  Inbox& inbox_;
  std::vector<std::coroutine_handle<>> ready_, running_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::uint64_t last_ticket_ = 0;
};

}  // namespace zeroway
