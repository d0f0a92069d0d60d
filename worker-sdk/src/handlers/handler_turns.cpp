#include "handler_turns.h"

#include <algorithm>
#include <utility>

#include "limits.h"

namespace zeroway {

std::uint64_t HandlerTurns::start_timer(std::chrono::milliseconds duration, HandlerSide& side) {
  if (timers_.size() > kSpareTimers + 4 * session_.streams_in_use()) drop_stale_timers();
  timers_.push({now() + std::min<std::chrono::milliseconds>(duration, kLongestSleep), ++last_ticket_, &side});
  return last_ticket_;
}

// A side has at most two live timers, so at least half of all timers belong to cancelled requests.
void HandlerTurns::drop_stale_timers() {
  std::vector<Timer> live;
  for (; !timers_.empty(); timers_.pop())
    if (timers_.top().side->waits_for(timers_.top().ticket)) live.push_back(timers_.top());
  timers_ = decltype(timers_)(std::greater<>(), std::move(live));
}

bool HandlerTurns::run() {
  const bool was_called = inbox_.run();
  ring_timers();
  return resume_ready() || was_called;
}

void HandlerTurns::ring_timers() {
  while (!timers_.empty() && timers_.top().at <= now()) {
    const Timer timer = timers_.top();
    timers_.pop();
    timer.side->wake(timer.ticket);
  }
}

bool HandlerTurns::resume_ready() {
  bool resumed = false;
  while (!ready_.empty()) {
    std::swap(ready_, running_);
    for (const std::coroutine_handle<> awaiter : running_) awaiter.resume();
    running_.clear();
    resumed = true;
  }
  return resumed;
}

}  // namespace zeroway
