// Measures whether a client keeps a least rate: how far the client is behind that rate, as a time.
//
//     behind ──we waited──▶ grows by the time     behind ──bytes moved──▶ shrinks by bytes / rate, never below 0
//     When `behind` reaches LeastRate::over, the client is too slow.
//
// Owner: a client session, an H2Stream and H2Codec keep them.   Thread: the connection's loop.
// The owner tells only time in which the client could have moved bytes: not time without credit, and not time in which
// no bytes wait for the client. Not here: timeouts without any byte; the consequence (408 for a slow body, the end of
// the connection or stream for a client that does not read).
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "router/observe/time.h"
#include "router/settings/terms.h"

namespace zeroway {

struct LeastRate {
  std::uint64_t bytes = 0;  // per second, 0 = any rate will do
  Millis over{};            // the time over which the rate is measured
};

[[nodiscard]] inline LeastRate least_body_rate(const RequestTerms& terms) {
  return {terms.body_rate, terms.body_timeout};
}
[[nodiscard]] inline LeastRate least_send_rate(const HttpLimits& limits) {
  return {limits.send_rate, limits.send_timeout};
}

class Pace {
 public:
  // Starts again: the client is not behind.
  void begin() { behind_ = {}; }
  void waited(Clock::duration time) { behind_ += time; }
  void moved(std::size_t bytes, const LeastRate& rate) {
    if (behind_ == Clock::duration::zero() || rate.bytes == 0) return;
    constexpr std::uint64_t kSecond = 1'000'000'000;
    const std::chrono::nanoseconds worth(static_cast<std::int64_t>(bytes * kSecond / rate.bytes));
    behind_ -= std::min<Clock::duration>(behind_, worth);
  }
  // How much longer the owner may wait without a byte. Clock::duration::max() when any rate will do.
  [[nodiscard]] Clock::duration patience(const LeastRate& rate) const {
    if (rate.bytes == 0) return Clock::duration::max();
    return std::max<Clock::duration>(Clock::duration::zero(), rate.over - behind_);
  }

 private:
  Clock::duration behind_{};
};

}  // namespace zeroway
