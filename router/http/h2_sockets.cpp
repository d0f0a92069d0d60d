#include "router/http/h2_sockets.h"

#include <algorithm>
#include <utility>

namespace zeroway {

void H2Sockets::open(H2Stream& stream, WsHandshake handshake) {
  stream.socket = std::make_unique<H2WebSocket>(stream.id, std::move(handshake));
  ++count_;
}

void H2Sockets::drop(H2Stream& stream) {
  if (!stream.socket) return;
  stream.socket.reset();
  --count_;
}

void H2Sockets::accept(H2Stream& stream, Head& head, const WebSocketTerms& terms) {
  stream.socket->stream.accept(head, terms);
  wake(stream);
}

void H2Sockets::piece(H2Stream& stream, Bytes bytes, MessageKind kind, Last last) {
  stream.socket->stream.piece(bytes, kind, last);
  wake(stream);
  settle(stream);
}

void H2Sockets::end(H2Stream& stream, const Head& trailers) {
  stream.socket->stream.end(trailers);
  wake(stream);
  settle(stream);
}

void H2Sockets::reset(H2Stream& stream, const Error& error) {
  stream.socket->stream.reset(error);
  wake(stream);
  settle(stream);
}

void H2Sockets::credit(H2Stream& stream, std::uint32_t bytes) {
  stream.socket->stream.credit(bytes);
  wake(stream);
}

void H2Sockets::drain(H2Stream& stream) {
  stream.socket->stream.drain();
  wake(stream);
  settle(stream);
}

void H2Sockets::hand_over(H2Stream& stream) {
  stream.socket->stream.hand_over();
  wake(stream);
  settle(stream);
}

void H2Sockets::read(H2Stream& stream, Bytes bytes, CodecEvents& events) {
  H2WebSocket& socket = *stream.socket;
  socket.read += static_cast<std::uint32_t>(socket.stream.take(bytes, events));
  settle(stream);
  open_window(stream);
}

bool H2Sockets::input_ended(H2Stream& stream, CodecEvents& events) {
  if (!stream.has_web_socket()) return false;
  stream.socket->stream.input_ended_behind_kept(events);
  settle(stream);
  return true;
}

void H2Sockets::sent(H2Stream& stream, CodecEvents& events) {
  pay(stream, events);
  open_window(stream);
}

void H2Sockets::serve(CodecEvents& events) {
  if (woken_.empty()) return;
  for (const std::uint32_t id : std::exchange(woken_, {})) {
    H2Stream* const stream = wire_.find(id);
    if (!stream || !stream->socket) continue;
    if (stream->socket->stream.has_kept()) read(*stream, {}, events);
    settle(*stream);
    pay(*stream, events);
  }
}

Time H2Sockets::tick(Time now, std::span<const std::unique_ptr<H2Stream>> streams, CodecEvents& events) {
  Time next = Time::max();
  for (const auto& stream : streams) {
    if (!stream->socket || stream->closing == H2Stream::Closing::reset) continue;
    WsStream& socket = stream->socket->stream;
    next = std::min(next, socket.tick(now, stream->terms.open_handshake_timeout, events));
    settle(*stream);
    if (!socket.has_expired()) continue;
    stream->closing = H2Stream::Closing::reset;
    wire_.reset(stream->id, ResetCode::internal_error);
  }
  return next;
}

// Moves the WebSocket's output to the stream. To be called after each call to its WsStream.
void H2Sockets::settle(H2Stream& stream) {
  H2WebSocket& socket = *stream.socket;
  if (!socket.output.empty()) {
    stream.held.append(as_bytes(socket.output));
    socket.output.clear();
    wire_.resume(stream);
  }
  if (socket.stream.is_over()) stream.is_over = true;
  if (!socket.stream.is_done() || stream.reply == H2Stream::Reply::ended) return;
  stream.reply = H2Stream::Reply::ended;
  wire_.resume(stream);
}

// Opens the client's window for the bytes that the WebSocket has read. Not while many bytes wait for the client: no
// credit bounds the pongs that a client can ask for.
void H2Sockets::open_window(H2Stream& stream) {
  H2WebSocket& socket = *stream.socket;
  if (socket.read < kOpeningWindow / 2 || stream.has_request_ended() || stream.held.size() > kOpeningWindow) return;
  wire_.open_window(stream.id, std::exchange(socket.read, 0));
}

// Tells how many message bytes have been sent. Message bytes are compressed and framed before they are sent, so it is
// not known which of them have left: all are told at once, when few bytes wait.
void H2Sockets::pay(H2Stream& stream, CodecEvents& events) {
  WsStream& socket = stream.socket->stream;
  if (!socket.has_unpaid() || stream.is_over || stream.held.size() > kOpeningWindow) return;
  events.drained(stream.id, socket.take_unpaid());
}

}  // namespace zeroway
