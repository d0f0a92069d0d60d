// Every number of serving files that limits something and is no setting, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

inline constexpr std::size_t kMostRanges = 32;     // in one Range; players and readers of PDF ask for a few
inline constexpr std::size_t kReadSize = 262'144;  // bytes of one read: as much as a stream may have on its way
inline constexpr std::size_t kTurnBytes = 1
                                          << 20;  // of all replies in one turn: 0.05 ms to read, about 1 ms to encrypt
inline constexpr std::size_t kRequestCost = 4'096;       // of kTurnBytes: a file that is not in memory costs 7 us
inline constexpr std::size_t kListingCost = kTurnBytes;  // 1'000 entries cost 2 ms
inline constexpr std::size_t kMostListed = 1'000;        // entries of one listing, which are read and sorted at once
inline constexpr std::size_t kMostHotFile = kReadSize;   // bytes: beyond, to open and read is little beside to send
inline constexpr std::size_t kHotBytes = 32 << 20;       // contents that a loop keeps in memory
inline constexpr std::size_t kMostKnown = 4'096;         // names that a loop knows: about 2 MiB
inline constexpr std::size_t kWarmStreams = 256;         // streams kept for reuse after a peak
inline constexpr std::chrono::seconds kLookAgain{1};     // a name is looked up again: a new release is seen in a second
inline constexpr std::int64_t kSettledNanos =
    2'000'000'000;                    // since a change: file systems count time in steps up to 2 s
inline constexpr int kOpenTries = 4;  // openat2 gives EAGAIN while a folder is renamed beneath it

}  // namespace zeroway
