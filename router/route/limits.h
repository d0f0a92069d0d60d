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
inline constexpr std::uint32_t kDefaultFall = 3;     // failures in a row: one slow answer takes no member out
inline constexpr std::uint32_t kDefaultRise = 2;     // good probes in a row: a server that is starting answers once
inline constexpr std::uint32_t kMaxStreak = 65'535;  // 16 bits of the word that the loops share
inline constexpr std::uint32_t kMostDoublings = 16;  // of back_off: 1 ms is over a minute then
inline constexpr std::chrono::milliseconds kDefaultBackOff{1'000};   // a server that restarts is back in about a second
inline constexpr std::chrono::milliseconds kLongestBackOff{60'000};  // a server that is back is seen within a minute
inline constexpr std::int64_t kPatternMemory = 1 << 20;              // bytes of one compiled pattern and its cache

}  // namespace zeroway
