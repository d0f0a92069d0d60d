// Every number that limits something on the client side and is no setting, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "proto/limits.h"

namespace zeroway {

inline constexpr std::size_t kSpareStreams = 64;     // stream objects a connection keeps for its next requests: 5 KiB
inline constexpr std::size_t kIdleCapacity = 4'096;  // memory that output may keep while no request is open
inline constexpr std::size_t kOutputMark =
    131'072;  // unsent bytes of a connection that holds replies: more would make urgent replies wait behind these bytes
inline constexpr std::uint32_t kSharedLead =
    kStreamWindow - kFirstReplyWindow;  // of all replies of a connection: one reply alone has all of kStreamWindow
inline constexpr std::chrono::milliseconds kGoodbyeTime{1'000};  // for an idle client to hear that the router drains

inline constexpr std::chrono::milliseconds kRestTime{10'000};  // for a small rest of a body behind its reply: 26 KB/s

}  // namespace zeroway
