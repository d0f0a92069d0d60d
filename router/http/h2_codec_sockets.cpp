// WebSockets over HTTP/2 (RFC 8441): moves bytes between a stream and its WsStream.
#include <algorithm>
#include <utility>

#include "router/http/h2_codec.h"
#include "router/http/h2_nghttp2.h"

namespace zeroway {

void H2Codec::begin_socket(H2Stream& stream) {
  auto handshake = read_ws_connect(reader_.head());
  if (!handshake) return refuse(stream, handshake.error());
  stream.socket = std::make_unique<H2WebSocket>(stream.id, std::move(*handshake));
  ++sockets_;
  stream.terms = events_->head(stream.id, reader_.head(), Last::no, Kind::web_socket);
}

void H2Codec::accept_web_socket(CodecStream id, Head& head, const WebSocketTerms& terms) {
  H2Stream* const stream = find(id);
  if (!stream || !stream->socket || stream->has_reply_head) return;
  stream->socket->stream.accept(head, terms);
  if (is_draining_) stream->socket->stream.drain();
  stream->has_reply_head = true;
  submit_reply(*stream, H2Fields(head), Last::no);
  woken_.push_back(id);
}

void H2Codec::read_socket(H2Stream& stream, Bytes bytes) {
  H2WebSocket& socket = *stream.socket;
  socket.read += static_cast<std::uint32_t>(socket.stream.take(bytes, *events_));
  settle_socket(stream);
  open_socket_window(stream);
}

// Opens the client's window for the bytes that the WebSocket has read. Not while many bytes wait for the client: no
// credit bounds the pongs that a client can ask for.
void H2Codec::open_socket_window(H2Stream& stream) {
  H2WebSocket& socket = *stream.socket;
  if (socket.read < kOpeningWindow / 2 || stream.has_request_ended || stream.held.size() > kOpeningWindow) return;
  nghttp2_submit_window_update(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream.id),
                               static_cast<std::int32_t>(std::exchange(socket.read, 0)));
}

// The client ended its side of the stream: for a WebSocket, the connection was lost without a Close.
void H2Codec::socket_gone(H2Stream& stream) {
  if (stream.socket && stream.socket->stream.is_accepted()) {
    stream.socket->stream.input_ended_behind_kept(*events_);
    return settle_socket(stream);
  }
  if (!stream.end_events()) return;
  events_->reset(stream.id, {Fault::client, Code::cancelled, false, "WebSocket: the client closed"});
  say_reset(stream.id, ResetCode::cancel);
}

// Moves the WebSocket's output to the stream. To be called after each call to its WsStream.
void H2Codec::settle_socket(H2Stream& stream) {
  H2WebSocket& socket = *stream.socket;
  if (!socket.output.empty()) {
    stream.held.append(as_bytes(socket.output));
    socket.output.clear();
    resume(stream);
  }
  if (socket.stream.is_over()) stream.is_over = true;
  if (!socket.stream.is_done() || stream.has_reply_ended) return;
  stream.has_reply_ended = true;
  resume(stream);
}

// Tells the events of the woken WebSockets: verbs must not tell events.
void H2Codec::serve_sockets() {
  for (const std::uint32_t id : std::exchange(woken_, {})) {
    H2Stream* const stream = find(id);
    if (!stream || !stream->socket) continue;
    if (stream->socket->stream.has_kept()) read_socket(*stream, {});
    settle_socket(*stream);
    pay_socket(*stream);
  }
}

// Tells how many message bytes have been sent. Message bytes are compressed and framed before they are sent, so it is
// not known which of them have left: all are told at once, when few bytes wait.
void H2Codec::pay_socket(H2Stream& stream) {
  WsStream& socket = stream.socket->stream;
  if (!socket.has_unpaid() || stream.is_over || stream.held.size() > kOpeningWindow) return;
  events_->drained(stream.id, socket.take_unpaid());
}

Time H2Codec::tick_sockets(Time now) {
  Time next = Time::max();
  for (std::size_t index = 0; index < open_.size(); ++index) {
    H2Stream& stream = *open_[index];
    if (!stream.socket || stream.is_reset) continue;
    WsStream& socket = stream.socket->stream;
    next = std::min(next, socket.tick(now, stream.terms.open_handshake_timeout, *events_));
    settle_socket(stream);
    if (!socket.has_expired()) continue;
    stream.is_reset = true;
    say_reset(stream.id, ResetCode::internal_error);
  }
  return next;
}

void H2Codec::piece(CodecStream id, Bytes bytes, MessageKind kind, Last last) {
  H2Stream* const stream = find(id);
  if (!stream || !stream->socket || !stream->socket->stream.is_accepted()) return;
  stream->socket->stream.piece(bytes, kind, last);
  woken_.push_back(id);
  settle_socket(*stream);
}

}  // namespace zeroway
