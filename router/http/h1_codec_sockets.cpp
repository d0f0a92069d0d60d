// The WebSocket of an HTTP/1.1 connection (RFC 6455): moves bytes between the connection and its WsCodec.
#include <utility>

#include "router/http/h1_codec.h"
#include "router/http/h1_web_socket.h"
#include "router/http/limits.h"

namespace zeroway {

// Passes on a WebSocket's events as events of its stream.
class H1Codec::Teller final : public WsEvents {
 public:
  Teller(H1Codec& codec, CodecEvents& events) : codec_(codec), events_(events), stream_(codec.stream_) {}

  void piece(Bytes bytes, MessageKind kind, Last last) override { events_.piece(stream_, bytes, kind, last); }
  void end(Head& trailers) override { events_.end(stream_, trailers); }
  void blamed(const Error& error) override { events_.blamed(stream_, error); }
  void reset(const Error& error) override {
    if (error.code == Code::cancelled) codec_.stream_ = 0;  // no verb will end the stream
    events_.reset(stream_, error);
  }

 private:
  H1Codec& codec_;
  CodecEvents& events_;
  CodecStream stream_;
};

void H1Codec::begin_web_socket(const H1Request& request, std::string_view head, CodecEvents& events) {
  const Error body{Fault::client, Code::bad_request, false, "a WebSocket's opening with a body"};
  if (request.body.kind == h1::BodyKind::chunked || request.body.length > 0) return (void)refuse(head, body, events);
  request_ = request;
  request_.expects_continue = false;
  stream_ = ++last_stream_;
  credit_ = kOpeningWindow;
  writer_.begin(request.version, false);
  is_begun_ = false;
  empty_lines_ = 0;
  auto handshake = read_ws_upgrade(head_, *web_sockets_);
  if (!handshake) {  // the client gets an ordinary answer, and its next request may follow
    stage_ = Stage::done;
    return tell_refused({"GET", head_.path(), head_.find("accept").value_or("")}, handshake.error(), events);
  }
  stage_ = Stage::web_socket;
  web_socket_ = std::make_unique<H1WebSocket>(std::move(*handshake));
  terms_ = events.head(stream_, head_, Last::no, Kind::web_socket);
}

bool H1Codec::read_web_socket(std::string_view& rest, CodecEvents& events) {
  if (!web_socket_->codec) return false;  // bytes that came before the worker's answer wait for it
  Teller teller(*this, events);
  rest.remove_prefix(web_socket_->codec->read(as_bytes(rest), teller));
  return false;
}

void H1Codec::end_socket_input(CodecEvents& events) {
  Teller teller(*this, events);
  web_socket_->codec->input_ended(teller);
}

void H1Codec::accept_web_socket(Head& head) {
  finish_ws_reply(web_socket_->handshake, head);
  H1Writer::upgrade(head, "websocket", output_);
  web_socket_->codec.emplace(*web_sockets_, web_socket_->handshake.extensions.deflate, credit_, output_);
  web_socket_->handshake = {};
  forget_head();
  is_blocked_ = false;
  if (is_draining_) web_socket_->codec->drain();
}

void H1Codec::piece(CodecStream stream, Bytes bytes, MessageKind kind, Last last) {
  if (stream == 0 || stream != stream_ || stage_ != Stage::web_socket || !web_socket_->codec) return;
  web_socket_->codec->piece(bytes, kind, last);
}

Time H1Codec::tick(Time now, CodecEvents& events) {
  if (stage_ != Stage::web_socket) return Time::max();
  H1WebSocket& socket = *web_socket_;
  if (output_.empty() && output_.capacity() > kIdleOutput) std::string().swap(output_);
  if (socket.codec) {
    Teller teller(*this, events);
    return socket.codec->tick(now, teller);
  }
  if (!socket.is_taken || web_sockets_->open_handshake_timeout.count() == 0) return Time::max();
  if (socket.taken == Time::min()) socket.taken = now;
  const Time due = socket.taken + web_sockets_->open_handshake_timeout;
  if (now < due) return due;
  const auto stream = stream_;
  close();
  events.reset(stream, Error{Fault::backend, Code::cancelled, false, "WebSocket: the worker did not answer"});
  return Time::max();
}

}  // namespace zeroway
