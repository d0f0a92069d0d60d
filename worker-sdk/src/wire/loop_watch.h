// Whether this loop itself did not run: the process was stopped, its machine paused, or a handler blocked the loop.
// Then the silence of a router does not mean that the router is dead.
//
// Owner: WorkerLoop.   Thread: the loop; `now` is given.
// Not here: the consequences.
#pragma once
#include <chrono>
#include <utility>

namespace zeroway {

class LoopWatch {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit LoopWatch(std::chrono::milliseconds longest) : longest_(longest) {}

  // A turn begins. True when the loop did not run for longer than `longest` since the last call of this function.
  [[nodiscard]] bool begin_turn(TimePoint now) {
    expect(now);
    expected_at_ = now;
    return std::exchange(was_away_, false);
  }
  // The turn is over: the loop sleeps until a message comes, or until `until`.
  void sleep(TimePoint now, TimePoint until) {
    expect(now);
    expected_at_ = std::max(now, until);
  }

 private:
  void expect(TimePoint now) {
    const bool is_first = expected_at_ == TimePoint::min();
    if (!is_first && now > expected_at_ && now - expected_at_ > longest_) was_away_ = true;
  }

  std::chrono::milliseconds longest_;
  TimePoint expected_at_ = TimePoint::min();
  bool was_away_ = false;
};

}  // namespace zeroway
