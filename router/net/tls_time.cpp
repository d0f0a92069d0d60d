#include "router/net/tls_time.h"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace zeroway {

std::optional<WallTime> wall_time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  const std::time_t last = std::chrono::system_clock::to_time_t(WallTime::max());
  const std::time_t first = std::chrono::system_clock::to_time_t(WallTime::min());
  return std::chrono::system_clock::from_time_t(std::clamp(::timegm(&parts), first, last));
}

}  // namespace zeroway
