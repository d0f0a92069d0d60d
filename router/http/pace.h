// Whether a client keeps the least rate: how far it is behind that while we wait for it.
//
//     behind ──we waited──▶ more        behind ──bytes moved──▶ less, by bytes / rate, never below 0
//     as far behind as the rate is measured over: too slow.
//
// Owner: whoever times a client: its session, an H2Stream, H2Codec.   Thread: the connection's loop.
// Only time in which the client could have moved some is told: not without credit, nor while nothing waits for it.
// Not here: silence (the timeouts by themselves), what comes of it (408 for a body, the end for who does not read).
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "router/observe/time.h"
#include "router/settings/settings.h"

namespace zeroway {

struct LeastRate {
  std::uint64_t bytes = 0;  // a second, 0 = any
  Millis over{};            // measured over so long
};

[[nodiscard]] inline LeastRate least_body_rate(const HttpLimits& limits) {
  return {limits.body_rate, limits.body_timeout};
}
[[nodiscard]] inline LeastRate least_send_rate(const HttpLimits& limits) {
  return {limits.send_rate, limits.send_timeout};
}

class Pace {
 public:
  // Not behind.
  void begin() { behind_ = {}; }
  void waited(Clock::duration time) { behind_ += time; }
  void moved(std::size_t bytes, const LeastRate& rate) {
    if (behind_ == Clock::duration::zero() || rate.bytes == 0) return;
    constexpr std::uint64_t kSecond = 1'000'000'000;
    const std::chrono::nanoseconds worth(static_cast<std::int64_t>(bytes * kSecond / rate.bytes));
    behind_ -= std::min<Clock::duration>(behind_, worth);
  }
  // For how long we may yet wait without a byte. Clock::duration::max() when no rate is wanted.
  [[nodiscard]] Clock::duration patience(const LeastRate& rate) const {
    if (rate.bytes == 0) return Clock::duration::max();
    return std::max<Clock::duration>(Clock::duration::zero(), rate.over - behind_);
  }

 private:
  Clock::duration behind_{};
};

}  // namespace zeroway
