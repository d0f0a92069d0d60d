#include "router/http/ws_stream.h"

#include <utility>

namespace zeroway {

// Passes on WsCodec's events as events of the stream.
class WsStream::Teller final : public WsEvents {
 public:
  Teller(WsStream& stream, CodecEvents& events) : stream_(stream), events_(events) {}

  void piece(Bytes bytes, MessageKind kind, Last last) override {
    if (!stream_.is_over_) events_.piece(stream_.id_, bytes, kind, last);
  }
  void end(Head& trailers) override {
    if (!stream_.is_over_) events_.end(stream_.id_, trailers);
  }
  void blamed(const Error& error) override {
    if (!stream_.is_over_) events_.blamed(stream_.id_, error);
  }
  void reset(const Error& error) override {
    if (stream_.is_over_) return;
    if (error.code == Code::cancelled) stream_.is_over_ = true;  // no verb will end the stream
    events_.reset(stream_.id_, error);
  }

 private:
  WsStream& stream_;
  CodecEvents& events_;
};

WsStream::WsStream(CodecStream id, WsHandshake handshake, std::string& output)
    : id_(id), output_(output), handshake_(std::move(handshake)) {}

WsStream::~WsStream() = default;

void WsStream::accept(Head& reply, const WebSocketTerms& terms) {
  const auto deflate = finish_ws_reply(handshake_, terms.deflate, reply);
  handshake_ = {};
  terms_ = terms;
  state_ = State::accepted;
  codec_.emplace(terms_, deflate, credit_, output_);
}

void WsStream::piece(Bytes bytes, MessageKind kind, Last last) {
  if (!codec_) return;
  codec_->piece(bytes, kind, last);
  unpaid_ += message_credit(bytes.size());
}

void WsStream::end(const Head& trailers) {
  is_over_ = true;
  if (codec_) codec_->end(trailers);
}

void WsStream::reset(const Error& error) {
  is_over_ = true;
  if (codec_) codec_->reset(error);
}

void WsStream::credit(std::uint32_t bytes) {
  if (state_ == State::opening) state_ = State::taken;
  credit_ += bytes;
  if (codec_) codec_->credit(bytes);
}

void WsStream::drain() {
  if (codec_) codec_->drain();
}

void WsStream::hand_over() {
  if (codec_) codec_->hand_over();
}

std::size_t WsStream::read(Bytes input, CodecEvents& events) {
  if (!codec_) return 0;
  Teller teller(*this, events);
  return codec_->read(input, teller);
}

std::size_t WsStream::take(Bytes input, CodecEvents& events) {
  const bool has_kept = !kept_.empty();
  if (has_kept) kept_.append(as_text(input));
  const Bytes all = has_kept ? as_bytes(kept_) : input;
  const std::size_t taken = read(all, events);
  if (has_kept) {
    kept_.erase(0, taken);
  } else {
    kept_.append(as_text(input.subspan(taken)));
  }
  end_kept_input(events);
  return taken;
}

void WsStream::input_ended(CodecEvents& events) {
  Teller teller(*this, events);
  codec_->input_ended(teller);
}

void WsStream::input_ended_behind_kept(CodecEvents& events) {
  is_end_kept_ = true;
  end_kept_input(events);
}

void WsStream::end_kept_input(CodecEvents& events) {
  if (!is_end_kept_ || !kept_.empty() || !wants_input()) return;
  is_end_kept_ = false;
  input_ended(events);
}

Time WsStream::tick(Time now, Millis patience, CodecEvents& events) {
  if (!codec_) return tick_opening(now, patience, events);
  Teller teller(*this, events);
  const Time due = codec_->tick(now, teller);
  end_kept_input(events);
  return due;
}

// Before a worker has taken the opening, the opening waits in a queue, which has its own deadline.
Time WsStream::tick_opening(Time now, Millis patience, CodecEvents& events) {
  if (state_ != State::taken || patience.count() == 0) return Time::max();
  if (taken_ == Time::min()) taken_ = now;
  if (now < taken_ + patience) return taken_ + patience;
  state_ = State::expired;
  if (!std::exchange(is_over_, true)) {
    events.reset(id_, Error{Fault::backend, Code::cancelled, false, "WebSocket: the worker did not answer"});
  }
  return Time::max();
}

}  // namespace zeroway
