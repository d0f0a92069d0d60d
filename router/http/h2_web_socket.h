// A WebSocket on one stream of an HTTP/2 connection (RFC 8441): what it needs besides the stream.
//
//     DATA ──▶ kept while the worker has not answered or gives no credit ──▶ WsCodec ──▶ verbs
//     verbs ──▶ WsCodec ──▶ output ──▶ the stream's held bytes
//
// Owner: its H2Stream.   Thread: the connection's loop.
// At most kOpeningWindow bytes are kept: the client gets window only for what was read.
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
  std::uint32_t read = 0;        // raw bytes for which the client has no new window yet
  std::size_t unpaid = 0;        // bytes of messages for which the worker has no new credit yet
  Millis unanswered_for{};       // since a worker has it
  bool is_taken = false;         // a worker has it
  bool has_input_ended = false;  // said by the client; its codec hears it when all before it is read
};

}  // namespace zeroway
