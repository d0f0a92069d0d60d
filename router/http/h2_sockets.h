// The WebSockets on an HTTP/2 connection (RFC 8441): moves bytes between a stream and its WsStream.
//
//     DATA ──▶ read() ──▶ WsStream ──▶ events          verbs ──▶ WsStream ──▶ output ──▶ the stream's held bytes
//
// Owner: H2Codec.   Thread: the connection's loop.
// A verb may not tell events: it wakes the WebSocket, and the next flush() serves it.
// Not here: the WebSocket itself (ws_stream.h), when its opening and its reply are told (h2_codec.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "router/http/codec.h"
#include "router/http/h2_wire.h"
#include "router/http/ws_handshake.h"

namespace zeroway {

class H2Sockets {
 public:
  // `wire` outlives this object.
  explicit H2Sockets(H2Wire& wire) : wire_(wire) {}

  [[nodiscard]] bool is_empty() const { return count_ == 0; }
  void open(H2Stream& stream, WsHandshake handshake);
  // Ends what open() began: the reply is an ordinary one, or the stream is closed. Without WebSocket it does nothing.
  void drop(H2Stream& stream);

  // The verbs, for a stream with a WebSocket.
  void accept(H2Stream& stream, Head& head, const WebSocketTerms& terms);
  void piece(H2Stream& stream, Bytes bytes, MessageKind kind, Last last);
  void end(H2Stream& stream, const Head& trailers);
  void reset(H2Stream& stream, const Error& error);
  void credit(H2Stream& stream, std::uint32_t bytes);
  void drain(H2Stream& stream);
  void hand_over(H2Stream& stream);

  // The client sent `bytes`.
  void read(H2Stream& stream, Bytes bytes, CodecEvents& events);
  // The client ended its side of the stream: for a WebSocket, the connection was lost without a Close. False, and
  // nothing is told, when no WebSocket was accepted.
  [[nodiscard]] bool input_ended(H2Stream& stream, CodecEvents& events);
  // Some of the stream's held bytes have left.
  void sent(H2Stream& stream, CodecEvents& events);
  // Tells the events of the WebSockets that verbs have woken.
  void serve(CodecEvents& events);
  // As Codec::tick(), for all WebSockets among `streams`.
  [[nodiscard]] Time tick(Time now, std::span<const std::unique_ptr<H2Stream>> streams, CodecEvents& events);

 private:
  void wake(const H2Stream& stream) { woken_.push_back(stream.id); }
  void settle(H2Stream& stream);
  void open_window(H2Stream& stream);
  void pay(H2Stream& stream, CodecEvents& events);

  H2Wire& wire_;
  std::vector<std::uint32_t> woken_;  // streams that the next serve() serves
  std::size_t count_ = 0;
};

}  // namespace zeroway
