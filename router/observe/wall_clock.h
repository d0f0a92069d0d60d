// What time it is, for those who may not read a clock: asked, never kept.
//
// Owner: Router; net implements it over the loop's time.   Thread: one loop.
// Both are the time at which the loop's turn began, so asking is cheap.
// Not here: timers (net/loop.h).
#pragma once
#include <chrono>

#include "router/observe/time.h"

namespace zeroway {

using WallTime = std::chrono::system_clock::time_point;

class WallClock {
 public:
  virtual ~WallClock() = default;
  [[nodiscard]] virtual Time now() const = 0;           // for durations
  [[nodiscard]] virtual WallTime wall_now() const = 0;  // for people: `date` and logs
};

}  // namespace zeroway
