// A WebSocket's opening: a request that asks for one, read and turned into the CONNECT that workers know; and the
// answer to it.
//
// Owner: nobody; what it reads is kept until the worker has answered.   Thread: any.
// Over HTTP/1.1 that is an upgrade (RFC 6455 §4.2), over HTTP/2 an extended CONNECT (RFC 8441).
// Not here: what is said after it (ws_codec.h).
#pragma once
#include <optional>
#include <string>

#include "proto/error.h"
#include "proto/head.h"
#include "router/http/ws_extensions.h"
#include "router/settings/settings.h"

namespace zeroway {

struct WsHandshake {
  std::string accept;     // Sec-WebSocket-Accept; "" over HTTP/2
  std::string protocols;  // Sec-WebSocket-Protocol as the client sent it, lines joined
  WsExtensions extensions;
};

// `head` is a GET with `upgrade: websocket` (its key and version are looked at), or a CONNECT with `:protocol`. When
// all is good it becomes the CONNECT for workers: without what is between the client and us alone. Errors: bad_request,
// forbidden (the origin), upgrade_required (another version).
[[nodiscard]] Result<WsHandshake> read_ws_upgrade(Head& head, const WebSocketSettings& settings);
[[nodiscard]] Result<WsHandshake> read_ws_connect(Head& head, const WebSocketSettings& settings);

// The worker accepted with `reply`: makes it the client's answer but for `:status`. A subprotocol that the client did
// not offer is left out, as the client would have to fail the connection over it (RFC 6455 §4.1).
void finish_ws_reply(const WsHandshake& handshake, Head& reply);

}  // namespace zeroway
