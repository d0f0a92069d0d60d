#include "pool_side.h"

#include "proto/limits.h"
#include "zeroway/errors.h"

namespace zeroway {

void PoolSide::reset_for_next() {
  said_.clear();
  forget_body();
  arrived_trailers_.clear();
  writable_ = stream_.send_window();
}

std::optional<std::string_view> PoolSide::read() {
  std::unique_lock lock(mutex_);
  if (in_.empty() && !body_is_over_ && !is_cancelled()) {
    say_locked(Said(Verb::wants_body), lock);
    changed_.wait(lock, [this] { return !in_.empty() || body_is_over_ || is_cancelled(); });
  }
  if (is_cancelled()) throw Cancelled();
  current_.clear();
  std::swap(current_, in_);
  if (current_.empty()) {
    if (!arrived_trailers_.is_empty()) std::swap(trailers_, arrived_trailers_);
    return std::nullopt;
  }
  Said said(Verb::credit);
  said.number = current_.size();
  say_locked(std::move(said), lock);
  return current_;
}

void PoolSide::write(std::string_view piece) {
  if (is_cancelled()) throw Cancelled();
  if (!prepare_write()) return;
  while (!piece.empty()) {
    std::size_t fits = 0;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return writable_ > 0 || is_cancelled(); });
      if (is_cancelled()) throw Cancelled();
      fits = std::min(piece.size(), static_cast<std::size_t>(writable_));
    }
    put_data(piece.substr(0, fits), Last::no);
    piece.remove_prefix(fits);
  }
}

void PoolSide::sleep(std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::min<std::chrono::milliseconds>(duration, kLongestSleep),
                    [this] { return is_cancelled(); });
  if (is_cancelled()) throw Cancelled();
}

bool PoolSide::sleep_unless_draining(std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::min<std::chrono::milliseconds>(duration, kLongestSleep),
                    [this] { return is_draining_ || is_cancelled(); });
  if (is_cancelled()) throw Cancelled();
  return !is_draining_;
}

void PoolSide::data(Bytes bytes) {
  const std::lock_guard lock(mutex_);
  in_ += as_text(bytes);
  changed_.notify_one();
}

void PoolSide::end(Head* trailers) {
  const std::lock_guard lock(mutex_);
  body_is_over_ = true;
  if (trailers != nullptr) std::swap(arrived_trailers_, *trailers);
  changed_.notify_one();
}

void PoolSide::credit(std::uint32_t bytes) {
  const std::lock_guard lock(mutex_);
  writable_ += bytes;
  changed_.notify_one();
}

void PoolSide::reset() {
  HandlerSide::reset();
  const std::lock_guard lock(mutex_);
  changed_.notify_one();
}

void PoolSide::drain() {
  const std::lock_guard lock(mutex_);
  is_draining_ = true;
  changed_.notify_one();
}

void PoolSide::put_head(Head& head, Last last) {
  Said said(Verb::head);
  said.last = last;
  said.head = head;
  say(std::move(said));
}

void PoolSide::put_data(std::string_view bytes, Last last) {
  Said said(Verb::data);
  said.last = last;
  said.bytes = bytes;
  std::unique_lock lock(mutex_);
  writable_ -= static_cast<std::int64_t>(bytes.size());
  say_locked(std::move(said), lock);
}

void PoolSide::put_end(Head& trailers) {
  Said said(Verb::end);
  said.head = trailers;
  say(std::move(said));
}

// Under one lock, so that the loop finds both calls and sends them in one message.
void PoolSide::put_whole(Head& head, std::string_view body) {
  Said said_head(Verb::head);
  said_head.head = head;
  Said said_body(Verb::data);
  said_body.last = Last::yes;
  said_body.bytes = body;
  const std::unique_lock lock(mutex_);
  said_.push_back(std::move(said_head));
  say_locked(std::move(said_body), lock);
}

void PoolSide::put_reset(ResetCode) { say(Said(Verb::reset)); }

void PoolSide::done() { say(Said(Verb::done)); }

void PoolSide::say(Said said) {
  std::unique_lock lock(mutex_);
  say_locked(std::move(said), lock);
}

// The inbox is told within the lock: once `done` is taken, the loop may give this object to another request.
void PoolSide::say_locked(Said said, const std::unique_lock<std::mutex>&) {
  said_.push_back(std::move(said));
  if (is_in_inbox_) return;
  is_in_inbox_ = true;
  inbox_.put(*this);
}

void PoolSide::deliver() {
  {
    const std::lock_guard lock(mutex_);
    std::swap(said_, taken_);
    is_in_inbox_ = false;
  }
  for (Said& said : taken_) {
    switch (said.verb) {
      case Verb::head:
        stream_.put_head(said.head, said.last);
        break;
      case Verb::data:
        stream_.put_data(said.bytes, said.last);
        break;
      case Verb::end:
        stream_.put_end(said.head);
        break;
      case Verb::reset:
        stream_.put_reset(ResetCode::internal_error);
        break;
      case Verb::credit:
        stream_.put_credit(said.number);
        break;
      case Verb::wants_body:
        stream_.wants_body();
        break;
      case Verb::done:
        stream_.handler_done();  // the last call of its request
        break;
    }
  }
  taken_.clear();
}

}  // namespace zeroway
