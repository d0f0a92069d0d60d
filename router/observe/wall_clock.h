// The time, for code that may not read a clock. Such code asks for it each time and does not keep it.
//
// Owner: Router; net implements it over the loop's time.   Thread: one loop.
// Both times are the time at which the loop's turn began, so asking is cheap.
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
