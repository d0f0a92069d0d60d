#include "router/backends/room_bell.h"

#include <algorithm>

namespace zeroway {

void RoomBell::wait(const std::shared_ptr<Waiter>& waiter) {
  const std::lock_guard lock(mutex_);
  if (std::find(waiters_.begin(), waiters_.end(), waiter) != waiters_.end()) return;
  waiters_.push_back(waiter);
  count_.store(waiters_.size());
}

void RoomBell::leave(const std::shared_ptr<Waiter>& waiter) {
  const std::lock_guard lock(mutex_);
  std::erase(waiters_, waiter);
  count_.store(waiters_.size());
}

// Posts under the lock: after leave() the waiter's loop may be gone.
void RoomBell::ring_first() {
  const std::lock_guard lock(mutex_);
  if (waiters_.empty()) return;
  const std::shared_ptr<Waiter> first = std::move(waiters_.front());
  waiters_.pop_front();
  count_.store(waiters_.size());
  first->loop_.post([first] {
    if (first->ring_) first->ring_();
  });
}

}  // namespace zeroway
