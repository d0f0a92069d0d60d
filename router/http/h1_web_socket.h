// The WebSocket that a connection of HTTP/1.1 has become, or will when its worker accepts.
//
//     opening ──▶ taken by a worker ──200──▶ WsCodec's frames until the connection ends
//                                   └─else─▶ an ordinary reply: this goes
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
  bool is_taken = false;         // a worker has it: until then the queue's timeout holds, not ours
  Time taken = Time::min();
};

}  // namespace zeroway
