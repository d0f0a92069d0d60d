#include "router/acme/renewal.h"

#include <algorithm>

#include "router/acme/limits.h"

namespace zeroway {

WallTime renewal_time(WallTime from, WallTime until, double chance) {
  const auto third = std::max(until - from, WallTime::duration(0)) / 3;
  return until - third - std::chrono::duration_cast<WallTime::duration>(third * (0.1 * chance));
}

WallTime warning_time(WallTime from, WallTime until) {
  return until - std::max(until - from, WallTime::duration(0)) / 6;
}

std::chrono::milliseconds retry_delay(unsigned failures, double chance) {
  constexpr unsigned kMostDoublings = 16;  // far above kLastRetry
  const auto doubled = kFirstRetry * (1U << std::min(failures - 1, kMostDoublings));
  const std::chrono::milliseconds delay = std::min<std::chrono::milliseconds>(doubled, kLastRetry);
  return delay + std::chrono::duration_cast<std::chrono::milliseconds>(delay * (0.25 * chance));
}

}  // namespace zeroway
