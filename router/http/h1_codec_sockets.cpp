// The WebSocket of an HTTP/1.1 connection (RFC 6455): moves bytes between the connection and its WsStream.
#include <utility>

#include "router/http/h1_codec.h"
#include "router/http/limits.h"
#include "router/http/ws_stream.h"

namespace zeroway {

void H1Codec::begin_web_socket(const H1Request& request, std::string_view head, CodecEvents& events) {
  const Error body{Fault::client, Code::bad_request, false, "a WebSocket's opening with a body"};
  if (request.body.kind == h1::BodyKind::chunked || request.body.length > 0) return (void)refuse(head, body, events);
  request_ = request;
  request_.expects_continue = false;
  stream_ = ++last_stream_;
  writer_.begin(request.version, false);
  is_begun_ = false;
  empty_lines_ = 0;
  auto handshake = read_ws_upgrade(head_);
  if (!handshake) {  // the client gets an ordinary answer, and its next request may follow
    stage_ = Stage::done;
    return tell_refused({"GET", head_.path(), head_.find("accept").value_or("")}, handshake.error(), events);
  }
  stage_ = Stage::web_socket;
  web_socket_ = std::make_unique<WsStream>(stream_, std::move(*handshake), output_);
  terms_ = events.head(stream_, head_, Last::no, Kind::web_socket);
}

bool H1Codec::is_socket_open() const { return stage_ == Stage::web_socket && web_socket_->is_accepted(); }

// Bytes that come before the worker's answer wait for it.
bool H1Codec::read_web_socket(std::string_view& rest, CodecEvents& events) {
  rest.remove_prefix(web_socket_->read(as_bytes(rest), events));
  settle_socket();
  return false;
}

void H1Codec::end_socket_input(CodecEvents& events) {
  web_socket_->input_ended(events);
  settle_socket();
}

// To be called after each call that may end the stream.
void H1Codec::settle_socket() {
  if (!web_socket_->is_over()) return;
  stream_ = 0;
  is_blocked_ = false;
}

void H1Codec::accept_web_socket(CodecStream stream, Head& head, const WebSocketTerms& terms) {
  if (stream == 0 || stream != stream_ || stage_ != Stage::web_socket || is_socket_open()) return;
  web_socket_->accept(head, terms);
  H1Writer::upgrade(head, "websocket", output_);
  forget_head();
  is_blocked_ = false;
  if (is_draining_) web_socket_->drain();
}

void H1Codec::piece(CodecStream stream, Bytes bytes, MessageKind kind, Last last) {
  if (stream != 0 && stream == stream_ && is_socket_open()) web_socket_->piece(bytes, kind, last);
}

void H1Codec::hand_over(CodecStream stream) {
  if (stream != 0 && stream == stream_ && is_socket_open()) web_socket_->hand_over();
}

Time H1Codec::tick(Time now, CodecEvents& events) {
  if (stage_ != Stage::web_socket) return Time::max();
  if (output_.empty() && output_.capacity() > kIdleOutput) std::string().swap(output_);
  const Time due = web_socket_->tick(now, terms_.open_handshake_timeout, events);
  settle_socket();
  if (web_socket_->has_expired()) close();
  return due;
}

}  // namespace zeroway
