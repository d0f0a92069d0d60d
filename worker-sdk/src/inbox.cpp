#include "inbox.h"

#include "pool_side.h"

namespace zeroway {

void Inbox::set_wake(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  if (wake_ && !(sides_.empty() && actions_.empty())) wake_();
}

// With the lock held, so that the loop cannot end meanwhile.
void Inbox::wake_if(bool first) {
  if (first && wake_) wake_();
}

void Inbox::put(PoolSide& side) {
  const std::lock_guard lock(mutex_);
  sides_.push_back(&side);
  wake_if(sides_.size() + actions_.size() == 1);
}

void Inbox::put(std::function<void()> action) {
  const std::lock_guard lock(mutex_);
  actions_.push_back(std::move(action));
  wake_if(sides_.size() + actions_.size() == 1);
}

bool Inbox::run() {
  {
    const std::lock_guard lock(mutex_);
    std::swap(sides_, taken_sides_);
    std::swap(actions_, taken_actions_);
  }
  const bool found = !taken_sides_.empty() || !taken_actions_.empty();
  for (PoolSide* side : taken_sides_) side->deliver();
  for (std::function<void()>& action : taken_actions_) action();
  taken_sides_.clear();
  taken_actions_.clear();
  return found;
}

}  // namespace zeroway
