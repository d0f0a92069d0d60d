// The monotonic clock's types. Only net/loop reads the clock; other code is given `now`.
#pragma once
#include <chrono>

namespace zeroway {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

}  // namespace zeroway
