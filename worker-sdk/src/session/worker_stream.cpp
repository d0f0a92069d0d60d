#include "worker_stream.h"

#include <algorithm>
#include <utility>

#include "kept_buffer.h"
#include "limits.h"
#include "proto/limits.h"

namespace zeroway {

WorkerStream::WorkerStream(StreamOwner& owner, std::size_t number)
    : owner_(owner), number_(number), in_window_(kOpeningWindow, kStreamWindow), out_window_(kFirstReplyWindow) {}

void WorkerStream::open(LinkStreams& link, StreamId id, Last last) {
  link_ = &link;
  id_ = id;
  in_state_ = {};
  out_state_ = {};
  (void)in_state_.head();
  if (last == Last::yes) (void)in_state_.end();
  in_window_ = ReceiveWindow(kOpeningWindow, kStreamWindow);
  out_window_ = SendWindow(kFirstReplyWindow);
  has_spoken_ = false;
  handler_runs_ = discards_ = false;
  is_tunnel_ = request_.find(":protocol").value_or(std::string_view()) == "tcp";
  expects_continue_ = last == Last::no && request_.find("expect").value_or(std::string_view()) == "100-continue";
  early_body_.clear();
  early_trailers_.clear();
  out_body_.clear();
  out_sent_ = 0;
  ends_after_body_ = false;
  out_trailers_.clear();
  receiver_ = nullptr;
  is_known_ = false;
}

void WorkerStream::receive_by(StreamReceiver& receiver) {
  receiver_ = &receiver;
  if (!early_body_.empty()) receiver.data(as_bytes(early_body_));
  if (has_whole_body()) receiver.end(early_trailers_.is_empty() ? nullptr : &early_trailers_);
}

void WorkerStream::become_known() {
  is_known_ = true;
  link_->remember(id_, *this);
}

void WorkerStream::data(Bytes bytes, Last last) {
  if (!in_state_.data()) return break_off(ResetCode::stream_closed);
  if (!in_window_.received(static_cast<std::uint32_t>(bytes.size()))) return break_off(ResetCode::flow_control_error);
  if (discards_) {
    put_credit(bytes.size());
  } else if (!bytes.empty()) {
    if (receiver_ != nullptr) receiver_->data(bytes);
    if (receiver_ == nullptr) early_body_ += as_text(bytes);
  }
  if (last == Last::yes && is_open()) body_is_over(nullptr);
}

void WorkerStream::piece(Bytes bytes, MessageKind kind, Last last) {
  if (!in_state_.data()) return break_off(ResetCode::stream_closed);
  if (receiver_ == nullptr || !receiver_->takes_pieces()) return break_off(ResetCode::protocol_error);
  if (!in_window_.received(message_credit(bytes.size()))) return break_off(ResetCode::flow_control_error);
  receiver_->piece(bytes, kind, last);
}

void WorkerStream::end(Head& trailers) {
  if (!in_state_.data()) return break_off(ResetCode::stream_closed);
  body_is_over(&trailers);
}

void WorkerStream::body_is_over(Head* trailers) {
  (void)in_state_.end();
  expects_continue_ = false;
  if (receiver_ != nullptr) receiver_->end(trailers);
  if (receiver_ != nullptr && is_tunnel_ && out_state_.has_ended()) close();
  if (receiver_ != nullptr) return;
  if (trailers != nullptr) std::swap(early_trailers_, *trailers);
}

void WorkerStream::credit(std::uint32_t bytes) {
  if (!out_window_.add(bytes)) return break_off(ResetCode::flow_control_error);
  flush_waiting();
  if (is_open() && receiver_ != nullptr) receiver_->credit(bytes);
}

void WorkerStream::reset() {
  if (handler_runs_) receiver_->reset();  // first: the handler's read() must not take the close for the body's end
  close();
}

void WorkerStream::break_off(ResetCode code) {
  link_->put_reset(id_, code);
  reset();
}

void WorkerStream::put_head(Head& head, Last last) {
  if (!is_open()) return;
  const int status = head.status();
  const bool is_legal = status >= 200 ? out_state_.head() : out_state_.interim();
  if (!is_legal) return;
  has_spoken_ = true;
  is_tunnel_ = is_tunnel_ && status <= 200;
  link_->put_head(id_, head, last);
  if (last == Last::yes) reply_is_over();
}

// A tunnel goes on until its other direction has ended.
void WorkerStream::reply_is_over() {
  (void)out_state_.end();
  if (!is_tunnel_ || in_state_.has_ended()) close();
}

void WorkerStream::put_data(std::string_view bytes, Last last) {
  if (!is_open() || !out_state_.data() || ends_after_body_) return;
  if (waiting() == 0) {
    const std::size_t fits = std::min<std::size_t>(bytes.size(), out_window_.left());
    send_now(bytes.substr(0, fits), fits == bytes.size() ? last : Last::no);
    bytes.remove_prefix(fits);
    if (bytes.empty()) return;
  }
  out_body_.append(bytes);
  ends_after_body_ = last == Last::yes;
}

// `bytes` fit the window.
void WorkerStream::send_now(std::string_view bytes, Last last) {
  has_spoken_ = true;
  (void)out_window_.take(static_cast<std::uint32_t>(bytes.size()));
  do {
    const std::string_view piece = bytes.substr(0, kMaxPiece);
    bytes.remove_prefix(piece.size());
    link_->put_data(id_, as_bytes(piece), bytes.empty() ? last : Last::no);
  } while (!bytes.empty());
  if (last == Last::yes) reply_is_over();
}

void WorkerStream::put_piece(std::string_view piece, MessageKind kind, Last last) {
  if (!is_open() || !out_state_.data() || (piece.empty() && last == Last::no)) return;
  (void)out_window_.take(message_credit(piece.size()));
  link_->put_piece(id_, as_bytes(piece), kind, last);
}

void WorkerStream::flush_waiting() {
  if (waiting() == 0) return;
  const std::size_t fits = std::min<std::size_t>(waiting(), out_window_.left());
  if (fits == 0) return;
  const std::string_view piece = std::string_view(out_body_).substr(out_sent_, fits);
  out_sent_ += fits;
  const bool is_last = waiting() == 0 && ends_after_body_;
  send_now(piece, is_last && out_trailers_.is_empty() ? Last::yes : Last::no);
  if (!is_open() || waiting() > 0) return;
  out_body_.clear();
  out_sent_ = 0;
  if (!is_last) return;
  ends_after_body_ = false;
  put_end(out_trailers_);
}

void WorkerStream::put_end(const Head& trailers) {
  if (!is_open() || !out_state_.data() || ends_after_body_) return;
  if (waiting() > 0) {
    ends_after_body_ = true;
    out_trailers_ = trailers;
    return;
  }
  if (trailers.is_empty()) return send_now(std::string_view(), Last::yes);
  link_->put_head(id_, trailers, Last::yes);
  reply_is_over();
}

void WorkerStream::put_reset(ResetCode code) {
  if (!is_open()) return;
  has_spoken_ = true;
  link_->put_reset(id_, code);
  close();
}

void WorkerStream::put_credit(std::size_t bytes) {
  if (!is_open()) return;
  const std::uint32_t credit = in_window_.consumed(static_cast<std::uint32_t>(bytes));
  if (credit == 0 || has_whole_body()) return;
  expects_continue_ = false;
  has_spoken_ = true;
  link_->put_credit(id_, credit);
}

void WorkerStream::discard(std::size_t bytes) {
  if (!is_open() || !is_tunnel_) return;
  discards_ = true;
  put_credit(bytes);
}

void WorkerStream::wants_body() {
  if (!is_open() || !expects_continue_) return;
  expects_continue_ = false;
  has_spoken_ = true;
  link_->put_credit(id_, in_window_.take_owed());
}

void WorkerStream::accept() {
  if (!is_open() || has_spoken_) return;
  has_spoken_ = true;
  link_->put_credit(id_, expects_continue_ ? 0 : in_window_.take_owed());
}

void WorkerStream::handler_done() {
  handler_runs_ = false;
  if (!is_open()) owner_.release(*this);
}

void WorkerStream::let_go() {
  empty_buffer(early_body_);
  empty_buffer(out_body_);
  out_sent_ = 0;
  if (receiver_ != nullptr) receiver_->let_go();
}

std::size_t WorkerStream::kept_bytes() const {
  return early_body_.capacity() + out_body_.capacity() + (receiver_ == nullptr ? 0 : receiver_->kept_bytes());
}

// The reply is out or not wanted: no more frames about this stream go to the router.
void WorkerStream::close() {
  if (!is_open()) return;
  if (std::exchange(is_known_, false)) link_->forget(id_);
  link_ = nullptr;
  if (!handler_runs_) return owner_.release(*this);
  // A handler that still reads the body finds its end.
  if (!has_whole_body()) body_is_over(nullptr);
}

}  // namespace zeroway
