// Every number of a session that limits something, with its reason. Limits that router and worker share are in
// proto/limits.h.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

// sending and buffers
inline constexpr std::size_t kMaxPiece = 262'144;      // put into a message at once: it stays under kMaxMessageSize
inline constexpr std::size_t kLargeMessage = 131'072;  // sent at once: the router holds it, and what it has read of it
inline constexpr std::size_t kKeptBuffer = 65'536;     // of memory that is used again: larger requests are rare

// routers
inline constexpr std::size_t kMaxLinks = 1'024;       // addresses, and the endpoint pairs that WELCOMEs may name
inline constexpr unsigned kComplaintsPerSecond = 10;  // a faulty router must not fill the disk
inline constexpr std::chrono::milliseconds kPauseBeforeHello{100};       // so that a dropped worker does not loop
inline constexpr std::chrono::milliseconds kConfirmationTimeout{5'000};  // for a router that does not answer GOAWAY

inline constexpr std::chrono::milliseconds kLeastAskInterval{20};  // between PINGs: a router answers 100 a second

}  // namespace zeroway
