// Every number of this room that limits something, with its reason.
#pragma once
#include <cstddef>

namespace zeroway {

inline constexpr std::size_t kRateSlots = 262'144;  // clients of rate limits, of all loops: 4 MiB, whoever comes
inline constexpr std::size_t kOpenSlots = 131'072;  // addresses with open requests: 1 MiB, more than connections

}  // namespace zeroway
