// WebSockets over HTTP/2 (RFC 8441): moves bytes between a stream and its WsCodec.
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <utility>

#include "router/http/h2_codec.h"

namespace zeroway {

// Passes on a WebSocket's events as events of its stream.
class H2Codec::Teller final : public WsEvents {
 public:
  Teller(H2Stream& stream, CodecEvents& events) : stream_(stream), events_(events) {}

  void piece(Bytes bytes, MessageKind kind, Last last) override {
    if (!stream_.is_over) events_.piece(stream_.id, bytes, kind, last);
  }
  void end(Head& trailers) override {
    if (!stream_.is_over) events_.end(stream_.id, trailers);
  }
  void blamed(const Error& error) override {
    if (!stream_.is_over) events_.blamed(stream_.id, error);
  }
  void reset(const Error& error) override {
    if (stream_.is_over) return;
    if (error.code == Code::cancelled) stream_.is_over = true;  // no verb will end the stream
    events_.reset(stream_.id, error);
  }

 private:
  H2Stream& stream_;
  CodecEvents& events_;
};

void H2Codec::begin_socket(H2Stream& stream) {
  if (!web_sockets_) {
    return refuse(stream, {Fault::client, Code::not_implemented, false, "a WebSocket over HTTP/2"});
  }
  auto handshake = read_ws_connect(reader_.head(), *web_sockets_);
  if (!handshake) return refuse(stream, handshake.error());
  stream.socket = std::make_unique<H2WebSocket>(std::move(*handshake));
  ++sockets_;
  stream.terms = events_->head(stream.id, reader_.head(), Last::no, Kind::web_socket);
}

// The worker's reply is 200: from now on the stream carries WebSocket messages.
void H2Codec::accept_socket(H2Stream& stream, Head& head) {
  H2WebSocket& socket = *stream.socket;
  finish_ws_reply(socket.handshake, head);
  head.set(":status", "200");
  socket.codec.emplace(*web_sockets_, socket.handshake.extensions.deflate, stream.window, socket.output);
  socket.handshake = {};
  if (is_draining_) socket.codec->drain();
  woken_.push_back(stream.id);
}

void H2Codec::read_socket(H2Stream& stream, Bytes bytes) {
  H2WebSocket& socket = *stream.socket;
  if (!socket.codec || !socket.kept.empty()) {
    socket.kept.append(as_text(bytes));
    bytes = as_bytes(socket.kept);
  }
  if (!socket.codec) return;
  Teller teller(stream, *events_);
  const std::size_t taken = socket.codec->read(bytes, teller);
  if (!socket.kept.empty()) {
    socket.kept.erase(0, taken);
  } else {
    socket.kept.append(as_text(bytes.subspan(taken)));
  }
  socket.read += static_cast<std::uint32_t>(taken);
  end_socket_input(stream);
  settle_socket(stream);
  open_socket_window(stream);
}

// Opens the client's window for the bytes that WsCodec has read. Not while many bytes wait for the client: no credit
// bounds the pongs that a client can ask for.
void H2Codec::open_socket_window(H2Stream& stream) {
  H2WebSocket& socket = *stream.socket;
  if (socket.read < kOpeningWindow / 2 || stream.has_request_ended || stream.held.size() > kOpeningWindow) return;
  nghttp2_submit_window_update(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream.id),
                               static_cast<std::int32_t>(std::exchange(socket.read, 0)));
}

// The client ended its side of the stream: for a WebSocket, the connection was lost without a Close.
void H2Codec::socket_gone(H2Stream& stream) {
  if (stream.socket && stream.socket->codec) {
    stream.socket->has_input_ended = true;
    end_socket_input(stream);
    return settle_socket(stream);
  }
  if (std::exchange(stream.is_over, true)) return;
  events_->reset(stream.id, {Fault::client, Code::cancelled, false, "WebSocket: the client closed"});
  say_reset(stream.id, ResetCode::cancel);
}

// Tells WsCodec of the end once it has read all bytes before the end. Those bytes may wait for credit: a message, or a
// Close.
void H2Codec::end_socket_input(H2Stream& stream) {
  H2WebSocket& socket = *stream.socket;
  if (!socket.has_input_ended || !socket.kept.empty() || !socket.codec->wants_input()) return;
  socket.has_input_ended = false;
  Teller teller(stream, *events_);
  socket.codec->input_ended(teller);
}

// Moves WsCodec's output to the stream. To be called after each call to WsCodec.
void H2Codec::settle_socket(H2Stream& stream) {
  H2WebSocket& socket = *stream.socket;
  if (!socket.output.empty()) {
    stream.held.append(as_bytes(socket.output));
    socket.output.clear();
    resume(stream);
  }
  if (!socket.codec || !socket.codec->is_over() || stream.has_reply_ended) return;
  stream.has_reply_ended = true;
  resume(stream);
}

// Tells the events of the woken WebSockets: verbs must not tell events.
void H2Codec::serve_sockets() {
  for (const std::uint32_t id : std::exchange(woken_, {})) {
    H2Stream* const stream = find(id);
    if (!stream || !stream->socket) continue;
    if (!stream->socket->kept.empty() || stream->socket->has_input_ended) read_socket(*stream, {});
    settle_socket(*stream);
    pay_socket(*stream);
  }
}

// Tells how many message bytes have been sent. Message bytes are compressed and framed before they are sent, so it is
// not known which of them have left: all are told at once, when few bytes wait.
void H2Codec::pay_socket(H2Stream& stream) {
  H2WebSocket& socket = *stream.socket;
  if (socket.unpaid == 0 || stream.is_over || stream.held.size() > kOpeningWindow) return;
  events_->drained(stream.id, std::exchange(socket.unpaid, 0));
}

Time H2Codec::tick_sockets(Time now, Millis passed) {
  Time next = Time::max();
  for (std::size_t index = 0; index < open_.size(); ++index) {
    H2Stream& stream = *open_[index];
    if (!stream.socket || stream.is_reset) continue;
    H2WebSocket& socket = *stream.socket;
    if (socket.codec) {
      Teller teller(stream, *events_);
      next = std::min(next, socket.codec->tick(now, teller));
      end_socket_input(stream);
      settle_socket(stream);
      continue;
    }
    const Millis limit = web_sockets_->open_handshake_timeout;
    if (!socket.is_taken || limit.count() == 0 || (socket.unanswered_for += passed) < limit) continue;
    stream.is_reset = true;
    say_reset(stream.id, ResetCode::internal_error);
    if (!std::exchange(stream.is_over, true)) {
      events_->reset(stream.id, {Fault::backend, Code::cancelled, false, "WebSocket: the worker did not answer"});
    }
  }
  return next;
}

void H2Codec::piece(CodecStream id, Bytes bytes, MessageKind kind, Last last) {
  H2Stream* const stream = find(id);
  if (!stream || !stream->socket || !stream->socket->codec) return;
  stream->socket->codec->piece(bytes, kind, last);
  stream->socket->unpaid += message_credit(bytes.size());
  woken_.push_back(id);
  settle_socket(*stream);
}

}  // namespace zeroway
