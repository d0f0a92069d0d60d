// When a responder is asked again.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: asking (stapling/ocsp_fetch.h).
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

#include "router/net/tls_ocsp.h"
#include "router/stapling/limits.h"

namespace zeroway {

// Half of the staple's time is left for a responder that is out of order. `random`: any number.
[[nodiscard]] inline std::chrono::seconds until_renewal(const TlsStaple& staple, WallTime now, std::uint64_t random) {
  using std::chrono::seconds;
  const WallTime half = staple.from + (staple.until - staple.from) / 2;
  const auto pause = std::chrono::duration_cast<seconds>(half - now);
  const auto bound = std::clamp<seconds>(pause, kOcspLeastPause, kOcspMostPause);
  return bound - seconds(static_cast<std::int64_t>(random % static_cast<std::uint64_t>(bound.count() / kOcspSpread)));
}

// After so many failures in a row, at least one.
[[nodiscard]] inline std::chrono::seconds until_retry(unsigned failures, std::uint64_t random) {
  using std::chrono::seconds;
  seconds pause = kOcspFirstRetry;
  for (unsigned count = 1; count < failures && pause < kOcspLastRetry; ++count) pause *= 2;
  const seconds bound = std::min<seconds>(pause, kOcspLastRetry);
  return bound + seconds(static_cast<std::int64_t>(random % static_cast<std::uint64_t>(bound.count() / kOcspSpread)));
}

}  // namespace zeroway
