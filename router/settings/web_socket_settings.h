// How a WebSocket with a client is held, and the unit of all times.
//
// Owner: EdgeSettings for all, ClientTerms for a site or a route.   Thread: any; never changed after the start.
// Not here: checking the values (settings/checks.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace zeroway {

using Millis = std::chrono::milliseconds;

// permessage-deflate (RFC 7692). The router asks the client for the values `request_…`; the other values are for
// messages that the router sends.
struct WebSocketDeflate {
  bool request_no_context_takeover = false;
  std::uint32_t request_max_window_bits = 0;  // 9…15, 0 = none: only if the client offers it, else no compression
  bool no_context_takeover = false;           // each message is compressed by itself
  std::uint32_t max_window_bits = 15;         // 9…15; a smaller number that the client asks for wins
  std::uint32_t memory_level = 8;             // 1…9, zlib's memLevel

  bool operator==(const WebSocketDeflate&) const = default;
};

// A shorter time is nearly always a number that was meant in seconds.
inline constexpr Millis kLeastWebSocketTime{1'000};

// What an open WebSocket keeps to. Times: 0 = off, else at least kLeastWebSocketTime. Sizes: bytes, 0 = no limit.
struct WebSocketTerms {
  std::uint64_t max_frame_size = 0;              // payload of an incoming frame: Close 1009
  std::uint64_t max_message_size = 16 << 20;     // incoming, after reassembly and inflation: Close 1009
  std::uint64_t auto_fragment_size = 0;          // outgoing messages that are larger go in frames of this size
  bool fail_by_drop = false;                     // a client that breaks the protocol is dropped without a Close
  Millis open_handshake_timeout{5'000};          // for WAMP's openings, and a backend's answer to any, else dropped
  Millis close_handshake_timeout{2'000};         // for the answer to our Close, else dropped
  Millis auto_ping_interval{30'000};             // the first ping one interval after opening
  Millis auto_ping_timeout{10'000};              // for the matching pong, else dropped
  std::uint32_t auto_ping_size = 12;             // 12…125 bytes
  bool auto_ping_restart_on_any_traffic = true;  // data received restarts the interval
  bool validate_utf8 = true;                     // of text and of close reasons: Close 1007
  bool require_masked_client_frames = true;      // Close 1002
  std::optional<WebSocketDeflate> deflate = WebSocketDeflate{};

  bool operator==(const WebSocketTerms&) const = default;
};

// WebSocket, over any version of HTTP: who may open one, and its terms.
struct WebSocketSettings : WebSocketTerms {
  std::vector<std::string> allowed_origins{"*"};  // patterns with `*`: "https://*.example.com", "http://localhost:*"
  bool allow_null_origin = true;                  // `Origin: null`

  bool operator==(const WebSocketSettings&) const = default;
};

}  // namespace zeroway
