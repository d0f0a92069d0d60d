// Every number of this room that limits something, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

// the management listener
inline constexpr std::uint64_t kMostAdminBody =
    16 << 20;  // bytes of a request: 50 000 circuits; who has no token is refused first
inline constexpr std::size_t kMostAdminConnections = 2'000;  // per loop: 1 000 scrapers at once, and people
inline constexpr std::size_t kLeastToken = 16;               // bytes: 96 bits in base64, which nobody guesses

// sticky sessions
inline constexpr std::size_t kLeastStickyKey = 32;  // bytes: 256 bits, which nobody guesses

// TCP services
inline constexpr std::chrono::hours kAnyTime{24 * 3'650};  // ten years: a client of a tunnel may read when it likes

}  // namespace zeroway
