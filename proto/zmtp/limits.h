// Every number of ZMTP that limits something, with its reason.
#pragma once
#include <cstddef>
#include <cstdint>

#include "proto/limits.h"

namespace zeroway {

inline constexpr std::size_t kZmtpGreeting = 64;              // RFC 37: its size
inline constexpr std::size_t kZmtpOpening = 12;               // of them, what is sent at once: up to the version
inline constexpr std::size_t kZmtpMaxHandshakeFrame = 8'192;  // READY or INITIATE: an identity and a few properties
inline constexpr std::size_t kZmtpMaxIdentity = 255;          // RFC 37
inline constexpr std::size_t kZmtpMaxParts = 64;  // of one message: ours have one, REQ sends two; more is an attack
inline constexpr std::size_t kZmtpMaxCommand = 1'024;  // after the handshake: PING and PONG have at most 23 bytes
inline constexpr std::size_t kZmtpMaxContext = 16;     // RFC 37: bytes of a PING that are sent back
inline constexpr std::size_t kZmtpMostReason = 200;    // bytes of an ERROR's reason in the log
inline constexpr std::uint16_t kZmtpMaxTtl = 655;      // tenths of a second: libzmq and NetMQ misread more
inline constexpr std::size_t kCurveKeptBuffer =
    262'144;  // of decrypted bytes, per connection: a stream's window; a longer message's is given back

}  // namespace zeroway
