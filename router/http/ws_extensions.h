// Which compression a WebSocket gets: Sec-WebSocket-Extensions read, and permessage-deflate (RFC 7692 §7.1) agreed on.
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

// "takeover": a message may refer to the ones before it. Window bits are 8 to 15.
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

// Takes the first offer that `wishes` can live with; an offer that is not ours, or breaks RFC 7692, is declined. Fails
// when the field is not what RFC 6455 §9.1 says.
[[nodiscard]] Result<WsExtensions> agree_on_extensions(const Head& request,
                                                       const std::optional<WebSocketDeflate>& wishes);

}  // namespace zeroway
