#include "router/http/ws_codec.h"

#include <algorithm>

#include "router/http/ws_close.h"

namespace zeroway {
namespace {

bool is_over_limit(std::uint64_t size, std::uint64_t limit) { return limit != 0 && size > limit; }

}  // namespace

WsCodec::WsCodec(const WebSocketTerms& settings, const std::optional<WsDeflateTerms>& deflate, std::uint64_t credit,
                 std::string& output, Randomness* masks)
    : settings_(settings),
      deflate_(deflate),
      is_client_role_(masks != nullptr),
      output_(output),
      frames_(masks),
      writer_(settings_, deflate_, frames_, output_),
      pings_(settings_),
      credit_(credit) {}

// --- reading what the client sends

std::size_t WsCodec::read(Bytes input, WsEvents& events) {
  Bytes rest = input;
  while (read_one(rest, events)) {
  }
  if (is_deaf()) {
    is_blocked_ = false;
    return input.size();
  }
  is_blocked_ = rest_ != Rest::none || (!frames_.is_frame_done() && room() == 0);
  return input.size() - rest.size();
}

bool WsCodec::read_one(Bytes& rest, WsEvents& events) {
  if (is_deaf()) return false;
  if (is_inflating()) return inflate_piece(events);
  if (rest_ == Rest::end) return tell_end(events);
  switch (frames_.read(rest, room())) {
    case WsFrames::Found::nothing:
      return false;
    case WsFrames::Found::head:
      return begin_frame(events);
    case WsFrames::Found::payload:
      return take_payload(events);
    case WsFrames::Found::malformed:
      return fail(kCloseProtocolError, "a malformed frame", events);
  }
  return false;
}

// How much of the frame's payload may be read now. A compressed payload needs no credit here: inflate_piece() waits for
// credit.
std::uint64_t WsCodec::room() const {
  const bool is_for_worker = is_hearing() && !frames_.head().is_control() && message_ != Message::compressed;
  return is_for_worker ? credit_ : UINT64_MAX;
}

bool WsCodec::begin_frame(WsEvents& events) {
  const WsFrameHead& head = frames_.head();
  if (const char* wrong = why_wrong(head)) return fail(kCloseProtocolError, wrong, events);
  if (head.is_control()) {
    control_size_ = 0;
  } else {
    pings_.heard_data();
    if (is_hearing() && !begin_data(head, events)) return false;
  }
  return !frames_.is_frame_done() || end_frame(events);
}

// Which rule the frame's head breaks; null when it breaks none.
const char* WsCodec::why_wrong(const WsFrameHead& head) const {
  if (head.has_reserved23) return "a reserved bit";
  if (is_client_role_) {
    if (head.is_masked) return "a frame with a mask";
  } else if (settings_.require_masked_client_frames && !head.is_masked) {
    return "a frame without a mask";
  }
  if (head.is_control()) {
    if (head.opcode > static_cast<std::uint8_t>(WsOpcode::pong)) return "a reserved opcode";
    return head.has_reserved1 ? "a reserved bit" : nullptr;
  }
  if (head.opcode > static_cast<std::uint8_t>(WsOpcode::binary)) return "a reserved opcode";
  const bool goes_on = head.is(WsOpcode::continuation);
  if (head.has_reserved1 && (goes_on || !deflate_)) return "a reserved bit";
  if (!is_hearing()) return nullptr;  // messages are skipped then: message_ is not kept up to date
  if (goes_on && message_ == Message::none) return "a continuation of nothing";
  if (!goes_on && message_ != Message::none) return "a message within a message";
  return nullptr;
}

bool WsCodec::begin_data(const WsFrameHead& head, WsEvents& events) {
  if (is_over_limit(head.size, settings_.max_frame_size)) return fail(kCloseTooBig, "a frame too large", events);
  if (message_ == Message::none) {
    message_ = head.has_reserved1 ? Message::compressed : Message::plain;
    kind_ = head.is(WsOpcode::text) ? MessageKind::text : MessageKind::binary;
    message_size_ = 0;
    utf8_.restart();
  }
  // An uncompressed frame shows its size before its payload comes. tell() checks the size of a compressed message.
  if (message_ == Message::plain && settings_.max_message_size != 0 &&
      head.size > settings_.max_message_size - message_size_) {
    return fail(kCloseTooBig, "a message too large", events);
  }
  return true;
}

bool WsCodec::take_payload(WsEvents& events) {
  const Bytes payload = frames_.payload();
  if (frames_.head().is_control()) {
    std::copy(payload.begin(), payload.end(), control_.begin() + control_size_);
    control_size_ = static_cast<std::uint8_t>(control_size_ + payload.size());
  } else {
    pings_.heard_data();
    if (!is_hearing()) return true;
    if (message_ == Message::compressed) {
      if (!inflater_) inflater_ = std::make_unique<WsInflater>(*deflate_);
      has_compressed_ = true;
      inflater_->give(payload);
      rest_ = Rest::payload;
      return true;
    }
    const bool is_last = frames_.is_frame_done() && frames_.head().is_final;
    if (!tell(payload, is_last ? Last::yes : Last::no, events)) return false;
    return true;
  }
  return !frames_.is_frame_done() || end_control(events);
}

// Ends a frame that has no payload.
bool WsCodec::end_frame(WsEvents& events) {
  if (frames_.head().is_control()) return end_control(events);
  if (!is_hearing() || !frames_.head().is_final) return true;
  if (message_ == Message::plain) return tell_end(events);
  if (!inflater_) inflater_ = std::make_unique<WsInflater>(*deflate_);
  rest_ = Rest::payload;
  return true;
}

bool WsCodec::end_control(WsEvents& events) {
  if (frames_.head().is(WsOpcode::close)) return take_close(events);
  if (frames_.head().is(WsOpcode::ping)) {
    if (state_ == State::open) frames_.write(WsOpcode::pong, {}, control(), output_);
  } else {
    pings_.heard_pong(control());
  }
  return true;
}

// Inflates and tells one piece of a compressed message. It inflates one byte more than the credit allows: without that
// byte it could not see that a message ends exactly where the credit ends.
bool WsCodec::inflate_piece(WsEvents& events) {
  std::array<std::uint8_t, kInflatePiece + 1> buffer;
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(credit_, kInflatePiece));
  if (most == 0) return false;
  std::size_t size = 0;
  if (held_) buffer[size++] = *held_;
  held_.reset();
  bool is_last = false;
  while (is_inflating() && size <= most) {
    if (!inflater_->is_hungry()) {
      const auto inflated = inflater_->next(std::span(buffer).subspan(size, most + 1 - size));
      if (!inflated) return fail(kCloseInvalidData, "compressed data that is none", events);
      size += *inflated;
    } else if (!frames_.is_frame_done() || !frames_.head().is_final) {
      rest_ = Rest::none;
    } else if (rest_ == Rest::payload) {
      inflater_->give_tail();
      rest_ = Rest::tail;
    } else {
      rest_ = Rest::none;
      is_last = true;
    }
  }
  if (size > most) {
    held_ = buffer[most];
    size = most;
  }
  if (is_last) inflater_->message_ended();
  if (size == 0 && !is_last) return !is_inflating();
  return tell(Bytes(buffer).first(size), is_last ? Last::yes : Last::no, events);
}

bool WsCodec::tell(Bytes piece, Last last, WsEvents& events) {
  message_size_ += piece.size();
  if (is_over_limit(message_size_, settings_.max_message_size))
    return fail(kCloseTooBig, "a message too large", events);
  if (kind_ == MessageKind::text && settings_.validate_utf8) {
    if (!utf8_.takes(piece) || (last == Last::yes && !utf8_.is_complete())) {
      return fail(kCloseInvalidData, "text that is not UTF-8", events);
    }
  }
  if (last == Last::yes) {
    message_ = Message::none;
    if (worker_ == Worker::fresh) worker_ = Worker::has_message;
  }
  credit_ -= message_credit(piece.size());
  events.piece(piece, kind_, last);
  return state_ != State::closed;
}

// The message ends without more bytes. An empty piece needs credit, too.
bool WsCodec::tell_end(WsEvents& events) {
  rest_ = credit_ == 0 ? Rest::end : Rest::none;
  return rest_ == Rest::none && tell({}, Last::yes, events);
}

bool WsCodec::take_close(WsEvents& events) {
  const Bytes payload = control();
  Head trailers;
  if (payload.size() == 1) return fail(kCloseProtocolError, "half a close code", events);
  if (payload.size() >= 2) {
    const unsigned code = payload[0] * 256U + payload[1];
    const auto reason = as_text(payload.subspan(2));
    if (!may_close_with(code)) return fail(kCloseProtocolError, "a close code that may not be sent", events);
    if (settings_.validate_utf8 && !is_utf8(as_bytes(reason))) {
      return fail(kCloseInvalidData, "a close reason that is not UTF-8", events);
    }
    trailers.add("close-code", std::to_string(code));
    if (!reason.empty()) trailers.add("close-reason", close_reason_field(reason));
  }
  if (state_ == State::open) frames_.write(WsOpcode::close, {}, payload, output_);
  state_ = State::closed;
  if (has_told_last()) return false;
  worker_ = Worker::has_last;
  events.end(trailers);
  return false;
}

// Fails the connection, RFC 6455 §7.1.7. `reason` is a string literal: it is kept as a view.
bool WsCodec::fail(std::uint16_t code, std::string_view reason, WsEvents& events) {
  failed_code_ = code;
  failed_reason_ = reason;
  rest_ = Rest::none;
  if (state_ != State::open || settings_.fail_by_drop || worker_ == Worker::fresh) return end_failing(events);
  begin_failing(events);
  return false;
}

// The messages before the broken rule were valid and are to be answered: our Close waits for the worker's end.
void WsCodec::begin_failing(WsEvents& events) {
  state_ = State::failing;
  worker_ = Worker::has_last;
  events.blamed(failure());
  Head trailers{{"close-code", "1006"}, {"close-reason", failed_reason_}};
  events.end(trailers);
}

Error WsCodec::failure() const {
  return {Fault::client, Code::bad_request, false, "WebSocket: " + std::string(failed_reason_)};
}

bool WsCodec::end_failing(WsEvents& events) {
  if (state_ == State::open && !settings_.fail_by_drop) send_close(failed_code_, failed_reason_);
  state_ = State::closed;
  if (has_told_last()) return false;
  worker_ = Worker::has_last;
  events.reset(failure());
  return false;
}

void WsCodec::tell_lost(std::string_view why, WsEvents& events) {
  state_ = State::closed;
  if (std::exchange(worker_, Worker::gone) == Worker::gone) return;
  events.reset(Error{Fault::client, Code::cancelled, false, "WebSocket: " + std::string(why)});
}

void WsCodec::input_ended(WsEvents& events) {
  if (state_ == State::failing) return;  // the client's input is ignored already; the client may still read answers
  state_ = State::closed;
  if (!has_told_last()) tell_lost("the client closed its connection without a Close", events);
}

// --- the worker's verbs

void WsCodec::piece(Bytes bytes, MessageKind kind, Last last) {
  if (state_ != State::open && state_ != State::failing) return;
  writer_.write(bytes, kind, last);
  has_compressed_ = has_compressed_ || writer_.is_compressed();
  leave_if_due();
}

void WsCodec::end(const Head& trailers) {
  worker_ = Worker::gone;
  begin_close(wanted_close_code(trailers), wanted_close_reason(trailers));
}

void WsCodec::reset(const Error&) {
  worker_ = Worker::gone;
  begin_close(kCloseInternalError, {});
}

void WsCodec::credit(std::uint32_t bytes) {
  credit_ += bytes;
  if (bytes > 0) is_blocked_ = false;
}

void WsCodec::drain() {
  if (state_ == State::open) begin_close(kCloseGoingAway, {});
}

void WsCodec::hand_over() {
  must_leave_ = true;
  leave_if_due();
}

void WsCodec::leave_if_due() {
  if (!must_leave_ || state_ != State::open || writer_.is_within_message()) return;
  send_close(kCloseServiceRestart, {});
  state_ = State::leaving;
}

void WsCodec::begin_close(std::uint16_t code, std::string_view reason) {
  if (state_ == State::closing || state_ == State::closed) return;
  const bool has_failed = state_ == State::failing;
  if (state_ != State::leaving) send_close(has_failed ? failed_code_ : code, has_failed ? failed_reason_ : reason);
  state_ = has_failed ? State::closed : State::closing;
  rest_ = Rest::none;
  is_blocked_ = false;
}

void WsCodec::send_close(std::uint16_t code, std::string_view reason) {
  std::string payload;
  append_big_endian(payload, code, 2);
  payload += reason;
  frames_.write(WsOpcode::close, {}, as_bytes(payload), output_);
}

// --- time

Time WsCodec::tick(Time now, WsEvents& events) {
  if (rest_ != Rest::none && !is_blocked_) static_cast<void>(read({}, events));
  if (state_ != State::open) return tick_close(now, events);
  if (std::exchange(has_compressed_, false)) rests_ = now + kDeflateRests;
  using Reading = WsPings::Reading;
  const Time ping = pings_.tick(now, is_blocked_ ? Reading::stopped : Reading::goes_on, frames_, output_);
  if (pings_.is_lost()) tell_lost("no pong", events);
  return std::min(ping, tick_rest(now));
}

Time WsCodec::tick_rest(Time now) {
  if (rests_ == Time::max() || now < rests_) return rests_;
  rests_ = Time::max();
  const bool is_in_use = message_ == Message::compressed || writer_.is_compressing();
  if (is_in_use) return rests_ = now + kDeflateRests;
  if (inflater_) inflater_->rest();
  writer_.rest();
  if (deflate_ && !deflate_->their_takeover) inflater_.reset();
  return rests_;
}

// The codec still waits for the client's Close or for the worker's end.
Time WsCodec::tick_close(Time now, WsEvents& events) {
  if (is_over()) return Time::max();
  if (closing_since_ == Time::min()) closing_since_ = now;
  if (state_ == State::failing) {
    if (now < closing_since_ + kLastAnswers) return closing_since_ + kLastAnswers;
    send_close(failed_code_, failed_reason_);
    tell_lost("its worker did not end it", events);
    return Time::max();
  }
  if (settings_.close_handshake_timeout.count() == 0) return Time::max();
  const Time due = closing_since_ + settings_.close_handshake_timeout;
  if (now < due) return due;
  tell_lost("closing took too long", events);
  return Time::max();
}

}  // namespace zeroway
