#include "socket_side.h"

#include <array>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <utility>

#include "limits.h"
#include "proto/head_rules.h"
#include "proto/limits.h"
#include "worker-sdk/src/session/kept_buffer.h"

namespace zeroway {

namespace {

constexpr int kGoneAway = 1006, kNoCode = 1005;  // RFC 6455 §7.4.1: never sent
constexpr std::size_t kAnySize = std::numeric_limits<std::size_t>::max();

bool may_be_sent(int code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != kNoCode && code != kGoneAway) ||
         (code >= 3000 && code <= 4999);
}

int as_close_code(std::string_view text) {
  int code = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), code);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && code >= 1000 && code <= 4999 ? code
                                                                                                         : kNoCode;
}

void check_close(int code, std::string_view reason) {
  if (!may_be_sent(code)) throw std::invalid_argument("close code " + std::to_string(code) + " may not be sent");
  if (reason.size() > kMaxReason) throw std::invalid_argument("a close reason of more than 123 bytes");
  if (!is_field_value(reason)) throw std::invalid_argument("a close reason with a control character");
}

}  // namespace

SocketSide::~SocketSide() {
  if (running) running.destroy();
}

void SocketSide::reset_for_next() {
  running = nullptr;
  in_.clear();
  out_.clear();
  later_.clear();
  sends_pieces_ = ends_when_drained_ = is_answering_ = false;
  end_.clear();
  empty_buffer(whole_message_);
  is_text_ = is_whole_ = false;
  current_.clear();
  close_code_ = 0;
  close_reason_.clear();
  wants_ = Wants::nothing;
  sleep_ticket_ = drain_ticket_ = 0;
  leave_ = nullptr;
  awaiter_ = nullptr;
}

// ---- deciding

void SocketSide::accept(std::string_view subprotocol, FieldInit fields) {
  if (has_started() || is_over()) return;
  if (!subprotocol.empty()) field("sec-websocket-protocol", subprotocol);
  for (const FieldView& one : fields) field(one.name, one.value);
  start();
}

void SocketSide::refuse(int code, std::string_view body, FieldInit fields) {
  if (is_over()) return;
  if (has_started()) throw std::logic_error("refuse() after accept()");
  if (code < 300) throw std::invalid_argument("status " + std::to_string(code) + " does not refuse: 300 to 999 do");
  status(code);
  for (const FieldView& one : fields) field(one.name, one.value);
  over(kGoneAway, {});
  send(body);
}

void SocketSide::conclude() {
  if (!is_over()) close_with(1000, {});
}

// ---- closing

void SocketSide::close_with(int code, std::string_view reason) {
  check_close(code, reason);
  if (is_over()) return;
  if (!has_started()) return refuse(403, "The worker does not want this WebSocket.\n", {});
  say_close(code, reason);
  in_.clear();
  over(code, reason);
}

void SocketSide::abort_with(int code, std::string_view reason) {
  check_close(code, reason);
  out_.clear();
  if (std::exchange(ends_when_drained_, false)) return stream_.put_end(end_);
  close_with(code, reason);
}

void SocketSide::say_close(int code, std::string_view reason) {
  const std::string digits = std::to_string(code);
  if (reason.empty()) return end_reply({{"close-code", digits}});
  end_reply({{"close-code", digits}, {"close-reason", reason}});
}

void SocketSide::over(int code, std::string_view reason) {
  if (is_over()) return;
  close_code_ = code;
  close_reason_ = reason;
  later_.clear();  // messages posted inside of a message that will not end
  drain_ticket_ = 0;
  resume();
}

void SocketSide::close_after(std::chrono::milliseconds duration) {
  if (!is_over()) drain_ticket_ = turns_.start_timer(duration, *this);
}

void SocketSide::wake(std::uint64_t ticket) {
  if (ticket == 0) return;
  if (ticket == sleep_ticket_) return resume_if(Wants::time);
  if (ticket != drain_ticket_) return;
  if (has_started() && leave_) std::exchange(leave_, nullptr)();
  if (has_started()) return close_with(1012, "the worker is leaving");
  refuse(503, "The worker is leaving.\n", {{"retry-after", "1"}});
}

bool SocketSide::waits_for(std::uint64_t ticket) const { return ticket == sleep_ticket_ || ticket == drain_ticket_; }

void SocketSide::let_go() {
  HandlerSide::let_go();
  in_.clear();
  out_.clear();
  later_.clear();
  empty_buffer(whole_message_);
  empty_buffer(current_);
}

std::size_t SocketSide::kept_bytes() const {
  return HandlerSide::kept_bytes() + in_.kept_bytes() + out_.kept_bytes() + later_.kept_bytes() +
         whole_message_.capacity() + current_.capacity();
}

// ---- receiving

void SocketSide::piece(Bytes bytes, MessageKind kind, Last last) {
  if (is_over()) return took(bytes.size());
  const std::size_t held = in_.messages();
  in_.put({as_text(bytes), kind, last});
  if (bytes.empty() && in_.messages() == held) took(0);  // the piece only ends the message that is there
  if (wants_ == Wants::piece && has_piece()) resume();
  if (wants_ == Wants::message && has_message(limit_)) resume();
}

void SocketSide::data(Bytes) { stream_.break_off(ResetCode::protocol_error); }  // DATA on a WebSocket

// The client has closed: its messages can still be received, but the client reads no more.
void SocketSide::end(Head* trailers) {
  if (is_over() || has_ended()) return;
  std::string_view code, reason;
  if (trailers != nullptr) {
    code = trailers->find("close-code").value_or(std::string_view());
    reason = trailers->find("close-reason").value_or(std::string_view());
  }
  if (!has_started()) return stream_.break_off(ResetCode::cancel);  // the client does not wait for our decision
  const int said = as_close_code(code);
  if (said == kGoneAway) return client_failed(reason);
  out_.clear();
  over(said, reason);
  if (may_be_sent(said)) return say_close(said, {});
  end_reply({});
}

// The client broke a rule after the messages in in_, and still reads. A handler that waits for more has answered all
// messages.
void SocketSide::client_failed(std::string_view reason) {
  is_answering_ = true;
  failure_ = reason;
  if (wants_ == Wants::message || wants_ == Wants::piece) hear_failure();
}

void SocketSide::hear_failure() {
  if (!is_answering_ || is_over()) return;
  end_reply({});
  over(kGoneAway, failure_);
}

bool SocketSide::has_piece() {
  if (in_.is_empty()) hear_failure();
  return !in_.is_empty() || is_over();
}

bool SocketSide::has_message(std::size_t limit) {
  if (is_whole_) {  // given out by the receive() before
    empty_buffer(whole_message_);
    is_whole_ = false;
  }
  while (!in_.is_empty()) {
    const PieceQueue::Piece piece = in_.front(kAnySize);
    if (whole_message_.size() + piece.bytes.size() > limit) {
      if (!is_over()) close_with(1009, "a message of more than " + std::to_string(limit) + " bytes");
      in_.clear();
      return true;
    }
    whole_message_.append(piece.bytes);
    is_text_ = piece.kind == MessageKind::text;
    is_whole_ = piece.last == Last::yes;
    took(piece.bytes.size());
    in_.pop(piece);
    if (is_whole_) return true;
  }
  hear_failure();
  return is_over();
}

std::optional<WebSocketMessage> SocketSide::take_message() {
  if (!is_whole_) return std::nullopt;
  return WebSocketMessage{whole_message_, is_text_};
}

std::optional<WebSocketPiece> SocketSide::take_piece() {
  if (in_.is_empty()) return std::nullopt;
  const PieceQueue::Piece piece = in_.front(kStreamWindow);
  current_.assign(piece.bytes);
  const WebSocketPiece taken{current_, piece.kind == MessageKind::text, piece.last == Last::yes};
  in_.pop(piece);
  took(current_.size());
  return taken;
}

void SocketSide::took(std::size_t bytes) { stream_.put_credit(message_credit(bytes)); }

// ---- sending

bool SocketSide::put(const WebSocketPiece& piece) {
  if (is_over()) return true;
  accept({}, {});
  enqueue({piece.bytes, piece.is_text ? MessageKind::text : MessageKind::binary, piece.is_last ? Last::yes : Last::no});
  sends_pieces_ = !piece.is_last;
  if (!sends_pieces_) {
    while (!later_.is_empty()) {
      const PieceQueue::Piece posted = later_.front(kAnySize);
      enqueue(posted);
      later_.pop(posted);
    }
  }
  return out_.is_empty();
}

void SocketSide::post(const WebSocketMessage& message) {
  if (is_over()) return;
  const MessageKind kind = message.is_text ? MessageKind::text : MessageKind::binary;
  if (sends_pieces_) return later_.put({message.bytes, kind, Last::yes});
  (void)put({message.bytes, message.is_text, true});
}

void SocketSide::enqueue(const PieceQueue::Piece& piece) {
  if (!out_.is_empty() || stream_.send_window() == 0) return out_.put(piece);
  const std::size_t fits = std::min<std::size_t>(piece.bytes.size(), stream_.send_window());
  const bool is_all = fits == piece.bytes.size();
  stream_.put_piece(piece.bytes.substr(0, fits), piece.kind, is_all ? piece.last : Last::no);
  if (!is_all) out_.put({piece.bytes.substr(fits), piece.kind, piece.last});
}

void SocketSide::flush() {
  while (!out_.is_empty() && stream_.send_window() > 0) {
    const PieceQueue::Piece piece = out_.front(stream_.send_window());
    stream_.put_piece(piece.bytes, piece.kind, piece.last);
    out_.pop(piece);
  }
}

void SocketSide::credit(std::uint32_t) {
  flush();
  if (!out_.is_empty()) return;
  resume_if(Wants::credit);
  if (!std::exchange(ends_when_drained_, false)) return;
  stream_.put_end(end_);
}

// ---- waiting

void SocketSide::wait_for_message(std::coroutine_handle<> awaiter, std::size_t limit) {
  limit_ = limit;
  wait(Wants::message, awaiter);
}

void SocketSide::wait_to_wake(std::coroutine_handle<> awaiter, std::chrono::milliseconds duration) {
  wait(Wants::time, awaiter);
  sleep_ticket_ = turns_.start_timer(duration, *this);
}

std::uint64_t SocketSide::wait_outside(std::coroutine_handle<> awaiter, std::chrono::milliseconds longest) {
  wait_to_wake(awaiter, longest);
  return sleep_ticket_;
}

std::chrono::steady_clock::time_point SocketSide::now() const { return turns_.now(); }
void SocketSide::call_soon(std::function<void()> action) { turns_.inbox().put(std::move(action)); }

void SocketSide::wait(Wants wants, std::coroutine_handle<> awaiter) {
  wants_ = wants;
  awaiter_ = awaiter;
}

void SocketSide::resume_if(Wants wants) {
  if (wants_ == wants) resume();
}

void SocketSide::resume() {
  wants_ = Wants::nothing;
  sleep_ticket_ = 0;
  if (awaiter_) turns_.resume_later(std::exchange(awaiter_, nullptr));
}

// ---- the stream

void SocketSide::reset() {
  HandlerSide::reset();
  out_.clear();
  in_.clear();
  over(kGoneAway, {});
}

void SocketSide::put_head(Head& head, Last last) { stream_.put_head(head, last); }
void SocketSide::put_data(std::string_view bytes, Last last) { stream_.put_data(bytes, last); }

void SocketSide::put_end(Head& trailers) {
  if (out_.is_empty()) return stream_.put_end(trailers);
  end_ = trailers;
  ends_when_drained_ = true;
}

void SocketSide::put_reset(ResetCode code) {
  over(1011, {});
  stream_.put_reset(code);
}

}  // namespace zeroway
