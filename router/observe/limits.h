// Every number of this room that limits something, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "router/settings/limits.h"

namespace zeroway {

// lines that a peer can provoke
inline constexpr std::uint32_t kLinesPerSecond = 10;  // enough to see which peer does what; a flood fills no disk

// files
inline constexpr std::size_t kMostLogHeld = 4 << 20;         // bytes not written yet: 25 000 lines, then lines are lost
inline constexpr std::size_t kWarmLogMemory = 256 << 10;     // bytes kept between two writes; more was for a stall
inline constexpr std::chrono::seconds kTellLostEvery{1};     // a reader that is a little too slow does not fill the log
inline constexpr std::chrono::seconds kLongestLogFinish{1};  // at the end, for a file that is slow
inline constexpr std::chrono::milliseconds kLogStall{100};   // at the end, a file that takes nothing so long is stuck
inline constexpr std::chrono::milliseconds kLogLook{10};     // at the end, between two checks of the file

// access log
inline constexpr std::size_t kAccessLogBatch = 65'536;     // bytes gathered: one write() of several hundred lines
inline constexpr std::size_t kMostFieldText = 2'048;       // bytes of a field that a client chose, before escaping
inline constexpr std::chrono::seconds kAccessLogEvery{1};  // a person who watches the file sees a request in 1 s

// what operators see of requests and events
inline constexpr std::size_t kMostFailed = kMostFailedRequests;  // of one loop; some hundred bytes each
inline constexpr std::size_t kMostSlow = kMostSlowRequests;      // of one loop and one period
inline constexpr std::chrono::minutes kSlowPeriod{5};  // long enough to look at them, short enough to be of today
inline constexpr std::size_t kMostEvents = 1'000;      // a reader that was away for a minute misses none
inline constexpr std::size_t kMostEventText = 1'000;   // bytes of a subject, and of a text

}  // namespace zeroway
