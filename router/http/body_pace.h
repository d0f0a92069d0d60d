// Whether a client sends its body at the least rate: how far it is behind that while we wait for it.
//
//     behind ──we waited──▶ more        behind ──bytes came──▶ less, by bytes / rate, never below 0
//     as far behind as --body-timeout is long: too slow. So that is also the time over which the rate is measured.
//
// Owner: whoever times a body: a client session, an H2Stream.   Thread: the connection's loop.
// Only time in which the client could have sent is told; time without credit is not.
// Not here: silence (HttpLimits::body_timeout by itself), what comes of it (408).
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "router/observe/time.h"
#include "router/settings/settings.h"

namespace zeroway {

class BodyPace {
 public:
  // Not behind.
  void begin() { behind_ = {}; }
  void waited(Clock::duration time) { behind_ += time; }
  void got(std::size_t bytes, const HttpLimits& limits) {
    if (limits.body_rate == 0) return;
    constexpr std::uint64_t kSecond = 1'000'000'000;
    const std::chrono::nanoseconds worth(static_cast<std::int64_t>(bytes * kSecond / limits.body_rate));
    behind_ -= std::min<Clock::duration>(behind_, worth);
  }
  // For how long we may yet wait without a byte. Clock::duration::max() when no rate is wanted.
  [[nodiscard]] Clock::duration patience(const HttpLimits& limits) const {
    if (limits.body_rate == 0) return Clock::duration::max();
    return std::max<Clock::duration>(Clock::duration::zero(), limits.body_timeout - behind_);
  }

 private:
  Clock::duration behind_{};
};

}  // namespace zeroway
