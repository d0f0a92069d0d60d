// Every number that limits something at the sockets, with its reason.
#pragma once
#include <chrono>
#include <cstddef>

namespace zeroway {

// loop
inline constexpr int kReadyBatch = 256;  // readiness taken by one call; more sockets than that just need another
inline constexpr int kBusyBatch = 2;     // this many at once: the set is likely to be ready again when they are served
inline constexpr int kBusyRounds = 8;    // then timers and posts have their turn, busy or not

// connection
inline constexpr std::size_t kReadSize = 65'536;      // one read; one buffer for all connections of a loop
inline constexpr std::size_t kHighMark = 262'144;     // bytes the kernel refused: above, no more requests are read
inline constexpr std::size_t kLowMark = 65'536;       // below, what was written is credited to who wrote it
inline constexpr std::size_t kKeptCapacity = 4'096;   // memory an idle connection may keep; more is given back
inline constexpr std::size_t kLingerBytes = 1 << 20;  // read and dropped after the last reply, then RST
inline constexpr std::chrono::milliseconds kLingerTime{2'000};  // the same in time: a round trip to anywhere, twice

// listener
inline constexpr int kBacklog = 4'096;   // the kernel cuts it to net.core.somaxconn, which is that on Debian
inline constexpr int kAcceptBatch = 64;  // accepted in one turn, so that open connections are served in between
inline constexpr std::chrono::milliseconds kAcceptPause{100};  // no descriptors left: time for one to come free

}  // namespace zeroway
