// The WebSocket that an HTTP/1.1 connection has become, or becomes when the worker accepts the handshake.
//
//     handshake ──▶ taken by a worker ──200──▶ WsCodec's frames until the connection ends
//                                     └─else─▶ an ordinary reply: H1Codec deletes this object
//
// Owner: its H1Codec, in the stage web_socket.   Thread: the connection's loop.
// Not here: when bytes move (h1_codec_sockets.cpp), frames (ws_codec.h).
#pragma once
#include <optional>
#include <utility>

#include "router/http/ws_codec.h"
#include "router/http/ws_handshake.h"

namespace zeroway {

struct H1WebSocket {
  explicit H1WebSocket(WsHandshake with_handshake) : handshake(std::move(with_handshake)) {}

  WsHandshake handshake;
  std::optional<WsCodec> codec;  // once the worker has accepted
  bool is_taken = false;         // a worker has the request: before, the queue's timeout runs, not the handshake's
  Time taken = Time::min();
};

}  // namespace zeroway
