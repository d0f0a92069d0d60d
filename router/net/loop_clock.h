// The time of a loop, for rooms that may not see the loop.
//
// Owner: Router, one per loop.   Thread: that loop.
// Not here: timers (net/loop.h).
#pragma once
#include "router/net/loop.h"
#include "router/observe/wall_clock.h"

namespace zeroway {

class LoopClock final : public WallClock {
 public:
  explicit LoopClock(const Loop& loop) : loop_(loop) {}

  [[nodiscard]] Time now() const override { return loop_.now(); }
  // Read once a turn.
  [[nodiscard]] WallTime wall_now() const override {
    if (const Time now = loop_.now(); now != read_at_) {
      read_at_ = now;
      wall_ = std::chrono::system_clock::now();
    }
    return wall_;
  }

 private:
  const Loop& loop_;
  mutable Time read_at_{};
  mutable WallTime wall_{};
};

}  // namespace zeroway
