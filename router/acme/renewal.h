// When a certificate is renewed, and when a failed order is tried again.
//
// Owner: nobody; free functions.   Thread: any.
// `chance` is a random number from 0 to 1: without it the routers of a fleet would all come to the authority at once.
// Not here: the orders (acme/certificate_keeper.h).
#pragma once
#include <chrono>

#include "router/observe/wall_clock.h"

namespace zeroway {

// A third of the life before its end, or up to a tenth of that third earlier.
[[nodiscard]] WallTime renewal_time(WallTime from, WallTime until, double chance);

// When the operator is warned of a certificate that should have been renewed: a sixth of the life before its end. Half
// of the time for renewing it has passed then.
[[nodiscard]] WallTime warning_time(WallTime from, WallTime until);

// After so many failures in a row (at least one): doubles up to kLastRetry, and up to a quarter is added.
[[nodiscard]] std::chrono::milliseconds retry_delay(unsigned failures, double chance);

}  // namespace zeroway
