// Every number of the clients' languages that limits something, with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

inline constexpr std::size_t kMaxLeadingEmptyLines = 8;  // before a request line (RFC 9112 §2.2 wants at least one)
inline constexpr std::size_t kMaxChunkLine = 1'024;      // a chunk's size and extensions; nobody needs more
inline constexpr std::size_t kMaxChunkExtensions =
    16'384;  // of one body: tiny chunks with long extensions cost us, not them
inline constexpr std::uint64_t kMaxDiscardedBody = 262'144;  // read after an early reply, to keep the connection
inline constexpr std::size_t kMaxIdleHead = 1'024;  // list size of a head whose memory an idle connection keeps (2 KiB)

// WebSocket
inline constexpr std::size_t kMaxControlPayload = 125;            // RFC 6455 §5.5
inline constexpr std::size_t kMaxCloseReason = 123;               // what a Close's code leaves of that
inline constexpr std::size_t kInflatePiece = 16'384;              // inflated at a time, on the stack
inline constexpr std::chrono::milliseconds kDeflateRests{2'000};  // without a message: zlib's memory is given back

}  // namespace zeroway
