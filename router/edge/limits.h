// Every number that limits something on the client side and is no setting, with its reason.
#pragma once
#include <cstddef>

namespace zeroway {

inline constexpr std::size_t kSpareStreams = 4;      // stream objects a connection keeps for its next requests
inline constexpr std::size_t kIdleCapacity = 4'096;  // memory that output may keep while no request is open

}  // namespace zeroway
