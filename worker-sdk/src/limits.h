// Every number of options and the log that limits something, with its reason. Each room has a limits.h of its own;
// limits that router and worker share are in proto/limits.h.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

// ranges of options
inline constexpr std::uint32_t kMaxThreads = 1'024;  // of the pool: for more requests at once there are coroutines
inline constexpr std::chrono::milliseconds kMaxDrain = std::chrono::hours(24);  // a longer time is a wrong unit
inline constexpr std::size_t kMostOfMaxBody = std::size_t{1} << 40;             // the same: no worker holds a terabyte

inline constexpr std::size_t kMaxLogLine = 4'096;  // PIPE_BUF: a pipe takes so many bytes whole, or not at all

}  // namespace zeroway
