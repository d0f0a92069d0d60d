// The state of a WebSocket on one stream of an HTTP/2 connection (RFC 8441), besides that of the stream.
//
//     DATA ──▶ kept until the worker accepts and gives credit ──▶ WsCodec ──▶ verbs
//     verbs ──▶ WsCodec ──▶ output ──▶ the stream's held bytes
//
// Owner: its H2Stream.   Thread: the connection's loop.
// At most kOpeningWindow bytes are kept: the client gets a new window only for bytes that WsCodec has read.
// Not here: when bytes move (h2_codec_sockets.cpp), frames (ws_codec.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "router/http/ws_codec.h"
#include "router/http/ws_handshake.h"

namespace zeroway {

struct H2WebSocket {
  explicit H2WebSocket(WsHandshake with_handshake) : handshake(std::move(with_handshake)) {}

  WsHandshake handshake;
  std::optional<WsCodec> codec;  // once the worker has accepted
  std::string output;
  std::string kept;
  std::uint32_t read = 0;        // bytes that WsCodec has read, and the client has no new window for
  std::size_t unpaid = 0;        // bytes of messages to the client, for which the worker has no new credit
  Millis unanswered_for{};       // the time since a worker got the request
  bool is_taken = false;         // a worker has the request
  bool has_input_ended = false;  // the client ended its side; WsCodec is told when it has read all bytes before
};

}  // namespace zeroway
