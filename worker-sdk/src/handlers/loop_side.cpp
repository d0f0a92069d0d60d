#include "loop_side.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "zeroway/errors.h"

namespace zeroway {

LoopSide::~LoopSide() {
  if (running) running.destroy();
}

void LoopSide::reset_for_next() {
  running = nullptr;
  collects_ = false;
  forget_body();
  waits_to_read_ = waits_for_drain_ = false;
  rest_ = {};
  ticket_ = 0;
  awaiter_ = nullptr;
}

void LoopSide::start_collecting() {
  collects_ = true;
  if (!in_.empty()) stream_.put_credit(in_.size());
  stream_.wants_body();
}

std::optional<std::string_view> LoopSide::read() {
  throw_if_over();
  current_.clear();
  std::swap(current_, in_);
  if (current_.empty()) return std::nullopt;
  if (!collects_) stream_.put_credit(current_.size());
  return current_;
}

void LoopSide::write(std::string_view piece) {
  throw_if_over();
  if (prepare_write()) put_data(piece, Last::no);
}

void LoopSide::sleep(std::chrono::milliseconds) { check_may_block("sleep()"); }

void LoopSide::check_may_block(const char* what) const {
  throw std::logic_error(std::string(what) + " in an inline handler");
}

bool LoopSide::sleep_unless_draining(std::chrono::milliseconds duration) {
  sleep(duration);
  return false;
}

void LoopSide::wait_to_read(std::coroutine_handle<> awaiter) {
  awaiter_ = awaiter;
  waits_to_read_ = true;
  stream_.wants_body();
}

bool LoopSide::try_write(std::string_view piece) {
  if (!prepare_write()) return true;
  const std::size_t fits = std::min<std::size_t>(piece.size(), stream_.send_window());
  stream_.put_data(piece.substr(0, fits), Last::no);
  rest_ = piece.substr(fits);
  return rest_.empty();
}

void LoopSide::post(std::string_view bytes) {
  if (!is_cancelled() && prepare_write()) put_data(bytes, Last::no);
}

void LoopSide::discard_rest() {
  stream_.discard(in_.size());
  in_.clear();
}

void LoopSide::wait_to_wake(std::coroutine_handle<> awaiter, std::chrono::milliseconds duration) {
  awaiter_ = awaiter;
  ticket_ = turns_.start_timer(duration, *this);
}

void LoopSide::wait_to_wake_or_drain(std::coroutine_handle<> awaiter, std::chrono::milliseconds duration) {
  waits_for_drain_ = true;
  wait_to_wake(awaiter, duration);
}

std::uint64_t LoopSide::wait_outside(std::coroutine_handle<> awaiter, std::chrono::milliseconds longest) {
  wait_to_wake(awaiter, longest);
  return ticket_;
}

std::chrono::steady_clock::time_point LoopSide::now() const { return turns_.now(); }
void LoopSide::call_soon(std::function<void()> action) { turns_.inbox().put(std::move(action)); }

bool LoopSide::is_draining() const { return turns_.is_draining(); }

void LoopSide::drain() {
  if (waits_for_drain_) resume();
}

void LoopSide::wake(std::uint64_t ticket) {
  if (ticket == ticket_ && ticket != 0) resume();
}

void LoopSide::data(Bytes bytes) {
  in_ += as_text(bytes);
  if (waits_to_read_) resume();
  if (!collects_) return;
  // An inline handler's body is read as it comes, up to max_body.
  if (is_too_large()) return runner_.body_is_too_large(*this);
  stream_.put_credit(bytes.size());
}

void LoopSide::end(Head* trailers) {
  body_is_over_ = true;
  if (trailers != nullptr) std::swap(trailers_, *trailers);
  if (waits_to_read_) resume();
  if (collects_) runner_.body_is_complete(*this);
}

void LoopSide::credit(std::uint32_t) {
  if (rest_.empty()) return;
  const std::size_t fits = std::min<std::size_t>(rest_.size(), stream_.send_window());
  stream_.put_data(rest_.substr(0, fits), Last::no);
  rest_.remove_prefix(fits);
  if (rest_.empty()) resume();
}

void LoopSide::reset() {
  HandlerSide::reset();
  rest_ = {};
  resume();
}

void LoopSide::resume() {
  waits_to_read_ = waits_for_drain_ = false;
  ticket_ = 0;
  if (awaiter_) turns_.resume_later(std::exchange(awaiter_, nullptr));
}

void LoopSide::put_head(Head& head, Last last) { stream_.put_head(head, last); }
void LoopSide::put_data(std::string_view bytes, Last last) { stream_.put_data(bytes, last); }
void LoopSide::put_end(Head& trailers) { stream_.put_end(trailers); }
void LoopSide::put_reset(ResetCode code) { stream_.put_reset(code); }

}  // namespace zeroway
