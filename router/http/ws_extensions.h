// Reads Sec-WebSocket-Extensions and negotiates a WebSocket's compression, permessage-deflate (RFC 7692 §7.1).
//
// Owner: nobody; free functions.   Thread: any.
// Not here: compressing (ws_deflate.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "proto/error.h"
#include "proto/head.h"
#include "router/settings/settings.h"

namespace zeroway {

// "takeover": a message may refer to the messages before it. "their": the client's. Window bits are 8 to 15.
struct WsDeflateTerms {
  bool our_takeover = true;
  bool their_takeover = true;
  std::uint8_t our_window_bits = 15;
  std::uint8_t their_window_bits = 15;
  std::uint8_t memory_level = 8;
};

struct WsExtensions {
  std::optional<WsDeflateTerms> deflate;
  std::string reply;  // the field's value, "" = no field
};

// Accepts the first offer that `wishes` allows. Declines an offer of another extension, or one that breaks RFC 7692.
// Fails when the field does not follow the grammar of RFC 6455 §9.1.
[[nodiscard]] Result<WsExtensions> agree_on_extensions(const Head& request,
                                                       const std::optional<WebSocketDeflate>& wishes);

}  // namespace zeroway
