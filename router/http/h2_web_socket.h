// A WebSocket on one stream of an HTTP/2 connection (RFC 8441), and what passes between it and the stream.
//
//     DATA ──▶ WsStream, which keeps it until the worker gives credit ──▶ verbs
//     verbs ──▶ WsStream ──▶ output ──▶ the stream's held bytes
//
// Owner: its H2Stream.   Thread: the connection's loop.
// At most kOpeningWindow bytes are kept: the client gets a new window only for bytes that were read.
// Not here: when bytes move (h2_sockets.h), the WebSocket itself (ws_stream.h).
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "router/http/ws_stream.h"

namespace zeroway {

struct H2WebSocket {
  H2WebSocket(CodecStream id, WsHandshake handshake) : stream(id, std::move(handshake), output) {}

  std::string output;
  WsStream stream;
  std::uint32_t read = 0;  // bytes that the WebSocket has read, and the client has no new window for
};

}  // namespace zeroway
