// Every number that limits something at the sockets, with its reason.
#pragma once
#include <cstddef>

namespace zeroway {

// loop
inline constexpr int kReadyBatch = 256;  // readiness taken by one call; more sockets than that just need another
inline constexpr int kBusyBatch = 2;     // this many at once: the set is likely to be ready again when they are served
inline constexpr int kBusyRounds = 8;    // then timers and posts have their turn, busy or not

}  // namespace zeroway
