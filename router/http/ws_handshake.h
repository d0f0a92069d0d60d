// The handshake of a WebSocket: turns the client's request into the CONNECT that workers get, and makes the answer.
//
// Owner: nobody; free functions. The codec keeps the WsHandshake until the worker has answered.   Thread: any.
// Over HTTP/1.1 the request is an upgrade (RFC 6455 §4.2), over HTTP/2 an extended CONNECT (RFC 8441).
// Not here: the frames after the handshake (ws_codec.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "router/http/ws_extensions.h"
#include "router/settings/settings.h"

namespace zeroway {

struct WsHandshake {
  std::string accept;     // Sec-WebSocket-Accept; "" over HTTP/2
  std::string protocols;  // Sec-WebSocket-Protocol as the client sent it, lines joined
  Head offers;            // Sec-WebSocket-Extensions as the client sent it
};

// The value of Sec-WebSocket-Accept that answers `key`, a Sec-WebSocket-Key (RFC 6455 §4.2.2, 5.4).
[[nodiscard]] std::string accept_key(std::string_view key);

// `head` is a GET with `upgrade: websocket` (its key and version are checked), or a CONNECT with `:protocol`. On
// success `head` becomes the CONNECT for workers, without the fields that concern only the client and the router.
// Errors: bad_request, upgrade_required (another version).
[[nodiscard]] Result<WsHandshake> read_ws_upgrade(Head& head);
[[nodiscard]] Result<WsHandshake> read_ws_connect(Head& head);

// The worker accepted with `reply`: turns `reply` into the client's answer, except for `:status`. Leaves out a
// subprotocol that the client did not offer, as the client would have to fail the connection (RFC 6455 §4.1). Returns
// the compression that the answer agrees to.
[[nodiscard]] std::optional<WsDeflateTerms> finish_ws_reply(const WsHandshake& handshake,
                                                            const std::optional<WebSocketDeflate>& wishes, Head& reply);

}  // namespace zeroway
