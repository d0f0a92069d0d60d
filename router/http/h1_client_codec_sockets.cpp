// The WebSocket of a connection to an origin (RFC 6455): moves bytes between the connection and its WsCodec.
#include <cassert>
#include <utility>

#include "router/http/h1_client_codec.h"
#include "router/http/h1_client_web_socket.h"

namespace zeroway {
namespace {

// WsCodec speaks of the other end as the client; here it is the origin.
Error as_origin_error(const Error& error) {
  if (error.code != Code::cancelled) return {Fault::backend, Code::backend_protocol, false, error.detail};
  return {Fault::backend, Code::backend_lost, false, "WebSocket: the origin was lost without a Close"};
}

}  // namespace

// Passes on a WebSocket's events as events of its stream, while that is open.
class H1ClientCodec::Teller final : public WsEvents {
 public:
  Teller(H1ClientCodec& codec, ReplyEvents& events) : codec_(codec), events_(events), stream_(codec.stream_) {}

  void piece(Bytes bytes, MessageKind kind, Last last) override {
    if (is_open()) events_.piece(stream_, bytes, kind, last);
  }
  void end(Head& trailers) override {
    if (!is_open()) return;
    codec_.is_finished_ = true;
    if (blame_) {  // the broken rule is the end: nobody here waits for answers to earlier messages
      codec_.web_socket_->codec->reset(*blame_);
      return reset(*blame_);
    }
    end_stream();
    events_.end(stream_, trailers);
  }
  void blamed(const Error& error) override { blame_ = error; }
  void reset(const Error& error) override {
    if (!is_open()) return;
    end_stream();
    events_.reset(stream_, as_origin_error(error));
  }

 private:
  [[nodiscard]] bool is_open() const { return stream_ != 0 && codec_.stream_ == stream_; }
  void end_stream() {
    codec_.is_finished_ = true;
    codec_.leave_stream();
    codec_.take_frames(0);  // our Close
  }

  H1ClientCodec& codec_;
  ReplyEvents& events_;
  CodecStream stream_;
  std::optional<Error> blame_;
};

void H1ClientCodec::write_handshake(const Head& head) {
  assert(settings_.random != nullptr);
  web_socket_ = std::make_unique<H1ClientWebSocket>(head, *settings_.random);
  writer_.web_socket(head, web_socket_->key(), output_);
}

bool H1ClientCodec::accept_web_socket(const H1Reply& reply, ReplyEvents& events) {
  const auto wrong = [](const char* detail) { return Error{Fault::backend, Code::backend_protocol, false, detail}; };
  if (kind_ != Kind::web_socket) return fail(wrong("status 101 to a request without Upgrade"), events);
  if (!reply.becomes_web_socket) return fail(wrong("a 101 without Upgrade: websocket"), events);
  if (auto good = web_socket_->accept(head_); !good) return fail(good.error(), events);
  is_finished_ = true;
  stage_ = Stage::web_socket;
  web_socket_->codec.emplace(settings_.web_sockets, std::nullopt, credit_, web_socket_->frames, settings_.random);
  const auto stream = stream_;
  events.head(stream, head_, Last::no);
  return stream_ == stream;
}

bool H1ClientCodec::read_web_socket(std::string_view& rest, ReplyEvents& events) {
  Teller teller(*this, events);
  rest.remove_prefix(web_socket_->codec->read(as_bytes(rest), teller));
  settle_web_socket(events);
  return false;
}

void H1ClientCodec::end_socket_input(ReplyEvents& events) {
  Teller teller(*this, events);
  web_socket_->codec->input_ended(teller);
  settle_web_socket(events);
}

void H1ClientCodec::piece(CodecStream stream, Bytes bytes, MessageKind kind, Last last) {
  if (stream == 0 || stream != stream_ || stage_ != Stage::web_socket) return;
  web_socket_->codec->piece(bytes, kind, last);
  take_frames(message_credit(bytes.size()));
}

// The client was lost: the origin finds its connection lost, too (1006). Other codes are for the origin to read.
void H1ClientCodec::reset_web_socket(ResetCode code) {
  web_socket_->codec->reset(Error{});
  take_frames(0);
  if (code == ResetCode::cancel) output_.clear();
}

// What the codec wrote becomes output. Frames lie apart until then, as the codec writes while events are told.
void H1ClientCodec::take_frames(std::uint32_t credit) {
  const auto before = output_.size();
  output_.append(web_socket_->frames);
  web_socket_->frames.clear();
  wrote(before, credit);
}

// After our end, the origin's Close is told as an end, and so is an origin that leaves without one.
void H1ClientCodec::settle_web_socket(ReplyEvents& events) {
  if (stream_ == 0 || stage_ != Stage::web_socket) return;
  take_frames(0);
  if (!web_socket_->codec->is_over()) return;
  Head none;
  events.end(leave_stream(), none);
}

Time H1ClientCodec::tick(Time now, ReplyEvents& events) {
  if (stage_ != Stage::web_socket) return Time::max();
  Teller teller(*this, events);
  const Time due = web_socket_->codec->tick(now, teller);
  settle_web_socket(events);
  return due;
}

}  // namespace zeroway
