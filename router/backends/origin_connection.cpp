#include "router/backends/origin_connection.h"

#include <algorithm>
#include <utility>

#include "router/net/limits.h"

namespace zeroway {

namespace {

template <class Streams>
auto place_of(Streams& streams, CodecStream number) {
  return std::lower_bound(streams.begin(), streams.end(), number,
                          [](const OriginStream* stream, CodecStream wanted) { return stream->number < wanted; });
}

// Replies that may be silent for as long as they like, once their head is there.
bool is_endless(const OriginStream& stream, const Head& head) {
  if (stream.kind != Kind::request || stream.is_grpc) return true;
  return head.find("content-type").value_or("").starts_with("text/event-stream");
}

}  // namespace

OriginConnection::OriginConnection(OriginConnectionOwner& owner, DialedOrigin dialed)
    : owner_(owner),
      address_(std::move(dialed.address)),
      is_http2_(dialed.is_http2),
      idle_since_(owner.loop().now()),
      timer_(owner.loop(), [this] { ring(); }),
      codec_(std::move(dialed.codec)),
      connection_(std::move(dialed.connection)) {
  connection_->serve(*this);
  settle_later();  // HTTP/2 has output before its first request
}

OriginConnection::~OriginConnection() = default;

void OriginConnection::settle_later() {
  if (!std::exchange(is_asked_, true)) owner_.settle_later(*this);
}

// --- the request's verbs

void OriginConnection::open(OriginStream& stream, const Head& head) {
  const Time now = owner_.loop().now();
  codec_->set_time(now);
  stream.number = codec_->open(head, stream.last, stream.kind);
  stream.stage = OriginStream::Stage::open;
  stream.connection = this;
  streams_.push_back(&stream);
  ++unaccepted_;
  const bool awaits_answer = stream.last == Last::yes || stream.kind == Kind::web_socket || head.has("expect");
  stream.clock.begin(awaits_answer ? OriginClock::Next::server : OriginClock::Next::client, now);
  if (stream.last == Last::no && head.has("expect")) stream.continue_due = now + kContinueWait;
  stream.is_grpc = head.find("content-type").value_or("").starts_with("application/grpc");
  if (!stream.body.empty()) data(stream, as_bytes(stream.body));
  if (stream.has_ended) end(stream, stream.trailers);
  if (stream.credit > 0) codec_->credit(stream.number, stream.credit);
  stream.forget_opening();
  settle_later();
}

void OriginConnection::data(OriginStream& stream, Bytes bytes) {
  stream.clock.gave(bytes.size(), owner_.loop().now());
  stream.continue_due = Time::max();
  codec_->data(stream.number, bytes);
  settle_later();
}

void OriginConnection::piece(OriginStream& stream, Bytes bytes, MessageKind kind, Last last) {
  stream.clock.gave(message_credit(bytes.size()), owner_.loop().now());
  codec_->piece(stream.number, bytes, kind, last);
  settle_later();
}

void OriginConnection::end(OriginStream& stream, const Head& trailers) {
  stream.clock.ended(owner_.loop().now());
  if (stream.last == Last::no) codec_->end(stream.number, trailers);
  stream.has_ended = true;
  settle_later();
  if (!stream.has_reply_ended) return;
  leave(stream);  // both directions of a tunnel have ended
  owner_.release(stream);
}

void OriginConnection::credit(OriginStream& stream, std::uint32_t bytes) {
  stream.clock.credited(bytes, owner_.loop().now());
  codec_->credit(stream.number, bytes);
  settle_later();
}

void OriginConnection::give_up(OriginStream& stream, ResetCode code) {
  const CodecStream number = stream.number;
  leave(stream);
  codec_->reset(number, code);
  if (room() > 0) owner_.has_room(*this);
  settle_later();
}

// --- events of the connection

std::size_t OriginConnection::received(Bytes bytes) {
  settle_later();
  if (stage_ == Stage::over || stage_ == Stage::closing) return bytes.size();
  codec_->set_time(owner_.loop().now());
  const std::size_t taken = codec_->read(bytes, *this);
  is_blocked_ = !codec_->wants_input();
  return taken;
}

void OriginConnection::input_ended() {
  if (input_ == Input::open) input_ = Input::ended;
  settle_later();
}

void OriginConnection::written() {
  count_written();
  settle_later();
}

void OriginConnection::lost() {
  if (stage_ == Stage::over) return;
  if (stage_ == Stage::closing) return become_over();
  stage_ = Stage::gone;
  if (input_ != Input::told || !streams_.empty()) input_ = Input::broken;  // a tunnel outlives the server's end
  settle_later();
}

// --- events of the codec

OriginStream* OriginConnection::find(CodecStream number) const {
  const auto at = place_of(streams_, number);
  return at != streams_.end() && (*at)->number == number ? *at : nullptr;
}

void OriginConnection::leave(const OriginStream& stream) {
  const auto at = place_of(streams_, stream.number);
  if (streams_.end() - at <= static_cast<std::ptrdiff_t>(unaccepted_)) --unaccepted_;
  streams_.erase(at);
  if (streams_.empty()) idle_since_ = owner_.loop().now();
}

// The stream is over for the codec.
OriginStream* OriginConnection::take(CodecStream number) {
  OriginStream* stream = find(number);
  if (!stream) return nullptr;
  leave(*stream);
  settle_later();
  return stream;
}

void OriginConnection::head(CodecStream number, Head& head, Last last) {
  OriginStream* stream = find(number);
  if (!stream) return;
  const Time now = owner_.loop().now();
  const int status = head.status();
  stream->continue_due = Time::max();
  if (status < 200) {
    stream->clock.interim_head(now);
  } else {
    stream->has_head = true;
    stream->clock.head(is_endless(*stream, head), now);
    owner_.answered(*stream, status);
    read_origin_head(head, *stream->server, *stream->route);
  }
  settle_later();  // looks at the deadline again
  if (BackendEvents* exchange = stream->reply_to.find()) exchange->head(head, last);
}

void OriginConnection::data(CodecStream number, Bytes bytes) {
  OriginStream* stream = find(number);
  if (!stream) return;
  stream->clock.data(bytes.size(), owner_.loop().now());
  if (BackendEvents* exchange = stream->reply_to.find()) exchange->data(bytes);
}

void OriginConnection::piece(CodecStream number, Bytes bytes, MessageKind kind, Last last) {
  OriginStream* stream = find(number);
  if (!stream) return;
  stream->clock.data(message_credit(bytes.size()), owner_.loop().now());
  if (BackendEvents* exchange = stream->reply_to.find()) exchange->piece(bytes, kind, last);
}

void OriginConnection::end(CodecStream number, Head& trailers) {
  if (OriginStream* tunnel = find(number); tunnel && tunnel->kind == Kind::tunnel && !tunnel->has_ended) {
    tunnel->has_reply_ended = true;
    settle_later();
    if (BackendEvents* exchange = tunnel->reply_to.find()) exchange->end(trailers);
    return;
  }
  OriginStream* stream = take(number);
  if (!stream) return;
  has_served_ = true;
  const ReplyTo reply_to = stream->reply_to;
  owner_.release(*stream);
  if (room() > 0) owner_.has_room(*this);
  if (BackendEvents* exchange = reply_to.find()) exchange->end(trailers);
}

void OriginConnection::reset(CodecStream number, const Error& error) {
  OriginStream* stream = take(number);
  if (!stream) return;
  if (is_server_to_blame(*stream, error)) owner_.failed(*stream, error.detail);
  const ReplyTo reply_to = stream->reply_to;
  owner_.release(*stream);
  if (room() > 0) owner_.has_room(*this);
  if (BackendEvents* exchange = reply_to.find()) exchange->reset(error);
}

// A kept connection that the server closes before it has read anything is no failure (RFC 9112 §9.3.1): an idle timeout
// met a request.
bool OriginConnection::is_server_to_blame(const OriginStream& stream, const Error& error) const {
  if (stream.has_head || error.retry_safe) return false;
  if (error.code == Code::backend_protocol) return true;
  return error.code == Code::backend_lost && (!has_served_ || codec_->has_reply_begun(stream.number));
}

void OriginConnection::credit(CodecStream number, std::uint32_t bytes) {
  OriginStream* stream = find(number);
  if (!stream) return;
  stream->clock.took(bytes, owner_.loop().now());
  if (BackendEvents* exchange = stream->reply_to.find()) exchange->credit(bytes);
}

// --- the end of a turn

void OriginConnection::settle() {
  is_asked_ = false;
  if (stage_ == Stage::over) return;
  read_on();
  settle_input_end();
  tell_accepted();
  tick();
  if (codec_->ends_by_reset()) return break_off();
  send_output();
  close_if_done();
  for (OriginStream* stream : streams_) owner_.watch(*stream);
  if (!is_listed && room() > 0) owner_.has_room(*this);  // the server may have raised its limit
}

// Input that the codec left for want of credit is offered again when the credit is there.
void OriginConnection::read_on() {
  if (stage_ == Stage::closing) return;
  if (codec_->wants_input()) {
    if (is_socket_open()) connection_->resume(PauseReason::reader);
    if (std::exchange(is_blocked_, false)) connection_->offer();
  }
  is_blocked_ = !codec_->wants_input();
  if (is_blocked_ && is_socket_open()) connection_->pause(PauseReason::reader);
}

void OriginConnection::settle_input_end() {
  if (input_ == Input::open || input_ == Input::told || (is_blocked_ && connection_->kept() > 0)) return;
  const bool is_orderly = std::exchange(input_, Input::told) == Input::ended;
  codec_->input_ended(is_orderly ? ClientCodec::InputEnd::orderly : ClientCodec::InputEnd::broken, *this);
}

// Not while streams that the end of the connection concerns may still be opened elsewhere.
void OriginConnection::tell_accepted() {
  std::size_t at = streams_.size() - std::exchange(unaccepted_, 0);
  for (; at < streams_.size(); ++at) {
    OriginStream& stream = *streams_[at];
    stream.is_accepted = true;
    if (BackendEvents* exchange = stream.reply_to.find())
      exchange->accepted({stream.server->name, stream.server->name});
  }
}

void OriginConnection::send_output() {
  if (stage_ == Stage::mute) codec_->output().clear();
  while (can_send() && unwritten_ <= kLowMark && send_portion()) {
  }
  if (can_send() && codec_->has_output_ended() && codec_->output().empty()) connection_->end_output();
}

// False when there is nothing to send now. Else there may be more: the codec has its output in portions.
bool OriginConnection::send_portion() {
  std::string& output = codec_->output();
  if (output.empty()) return false;
  const std::size_t size = output.size();
  if (!connection_->send(output)) {
    // The server may have replied before it stopped reading: what it sent is still to come, and lost() behind it.
    output.clear();
    stage_ = Stage::mute;
    timer_.set(kCloseTime);
    return false;
  }
  unwritten_ += size;
  count_written();
  return true;
}

// The timers of a WebSocket.
void OriginConnection::tick() {
  if (!can_send()) return;
  const Time now = owner_.loop().now();
  const Time due = codec_->tick(now, *this);
  if (due == Time::max()) return timer_.clear();
  timer_.set(std::max(std::chrono::milliseconds(0), std::chrono::ceil<std::chrono::milliseconds>(due - now)));
}

void OriginConnection::ring() {
  if (!can_send()) return lost();
  settle_later();
}

// Under TLS more bytes wait than were given: those are counted late rather than early.
void OriginConnection::count_written() {
  const std::size_t left = std::min(unwritten_, connection_->queued());
  const std::size_t taken = unwritten_ - left;
  unwritten_ = left;
  if (taken > 0 && stage_ != Stage::over) codec_->written(taken, *this);
}

void OriginConnection::break_off() {
  if (is_socket_open()) connection_->reset();
  become_over();
}

void OriginConnection::close_if_done() {
  if (stage_ == Stage::gone && streams_.empty()) return become_over();
  if (stage_ > Stage::mute || !streams_.empty() || !codec_->output().empty()) return;
  if (stage_ != Stage::serving || input_ != Input::open || codec_->is_finished()) close();
}

void OriginConnection::retire() {
  if (stage_ != Stage::serving) return;
  stage_ = Stage::retiring;
  settle_later();
}

void OriginConnection::close() {
  stage_ = Stage::closing;
  if (connection_->close(Linger::no)) return become_over();
  timer_.set(codec_->has_output_ended() ? kTunnelRest : kCloseTime);
}

void OriginConnection::become_over() {
  if (std::exchange(stage_, Stage::over) != Stage::over) owner_.over(*this);
}

}  // namespace zeroway
