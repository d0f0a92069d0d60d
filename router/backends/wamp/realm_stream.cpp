#include "router/backends/wamp/realm_stream.h"

#include <utility>

#include "proto/limits.h"
#include "router/backends/close_words.h"
#include "router/backends/limits.h"

namespace zeroway {

RealmStream::RealmStream(Loop& loop, std::size_t most, std::function<void()> over)
    : most_(most), over_(std::move(over)), timer_(loop, [this] { give_up(); }) {}

void RealmStream::open(Backend& backend, const BackendRequest& request, ReplyTo reply_to, RealmStreamEvents& events) {
  events_ = &events;
  stream_ = backend.open(request, reply_to);
  timer_.set(kRealmTime);
}

void RealmStream::take_owed() {
  if (owed_ > 0 && stream_.is_open()) stream_.credit(std::exchange(owed_, 0));
}

void RealmStream::leave(Farewell farewell) {
  events_ = nullptr;
  if (stage_ == Stage::asked) return drop();
  if (stage_ != Stage::open) return;
  stage_ = Stage::leaving;
  timer_.set(kLeaveTime);
  incoming_.clear();
  take_owed();
  outgoing_.end(std::move(farewell));
}

void RealmStream::drop() {
  if (stage_ == Stage::over) return;
  const BackendStream stream = stream_;
  finish();
  if (stream.is_open()) stream.reset(ResetCode::cancel);
}

void RealmStream::finish() {
  stage_ = Stage::over;
  events_ = nullptr;
  stream_ = {};
  timer_.clear();
  over_();
}

// The backend has not taken the session, or does not close.
void RealmStream::give_up() {
  RealmStreamEvents* const events = events_;
  drop();
  if (events) events->realm_lost({Fault::backend, Code::backend_timeout, false, "the backend of the realm is silent"});
}

void RealmStream::head(Head& head, Last) {
  if (stage_ != Stage::asked || head.status() < 200) return;
  if (head.status() != 200) {
    RealmStreamEvents* const events = events_;
    const std::string status = std::to_string(head.status());
    drop();
    if (events)
      events->realm_lost({Fault::backend, Code::backend_protocol, false, "the backend of the realm answers " + status});
    return;
  }
  stage_ = Stage::open;
  timer_.clear();
  outgoing_.credit(kOpeningWindow);
  if (events_) events_->realm_opened();
}

// Only a refusal has a body.
void RealmStream::data(Bytes bytes) {
  if (stream_.is_open()) stream_.credit(static_cast<std::uint32_t>(bytes.size()));
}

void RealmStream::piece(Bytes bytes, MessageKind kind, Last last) {
  owed_ += message_credit(bytes.size());
  if (events_ && incoming_.size_with(bytes) > most_) return events_->realm_message_too_large();
  if (events_) {
    if (const auto message = incoming_.take(bytes, last)) events_->realm_message(*message, kind);
  }
  if (!is_withheld_) take_owed();
}

void RealmStream::end(Head& trailers) {
  RealmStreamEvents* const events = events_;
  const BackendStream stream = stream_;
  const bool is_ours_open = stage_ == Stage::open || stage_ == Stage::asked;
  const std::uint16_t code = close_code_of(trailers);
  const std::string reason(trailers.find("close-reason").value_or(""));
  finish();
  if (is_ours_open && stream.is_open()) stream.reset(ResetCode::no_error);
  if (events) events->realm_closed(code, reason);
}

void RealmStream::reset(const Error& error) {
  RealmStreamEvents* const events = events_;
  finish();
  if (events) events->realm_lost(error);
}

void RealmStream::credit(std::uint32_t bytes) {
  const bool was_waiting = outgoing_.is_waiting();
  outgoing_.credit(bytes);
  if (events_ && was_waiting && !outgoing_.is_waiting()) events_->realm_has_room();
}

void RealmStream::take_piece(Bytes bytes, MessageKind kind, Last last) {
  if (stream_.is_open()) stream_.piece(bytes, kind, last);
}

void RealmStream::take_end(std::uint16_t code, const std::string& reason) {
  if (stream_.is_open()) stream_.end(close_words(code, reason));
}

}  // namespace zeroway
