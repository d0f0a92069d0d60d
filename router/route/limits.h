// Every number of the tables and choices that limits something and is no setting, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

inline constexpr std::size_t kMaxSequence = 65'536;  // picks until a weighted order repeats: 256 KiB for a pool
inline constexpr int kSequenceTries =
    32;                                 // places of members that are out, which one pick passes; then it looks at all
inline constexpr int kRandomTries = 8;  // draws for one usable member; then the next one in order
inline constexpr std::chrono::milliseconds kLongestBackOff{60'000};  // a server that is back is seen within a minute
inline constexpr std::int64_t kPatternMemory = 1 << 20;              // bytes of one compiled pattern and its cache

}  // namespace zeroway
