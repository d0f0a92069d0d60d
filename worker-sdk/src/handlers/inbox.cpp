#include "inbox.h"

namespace zeroway {

void Inbox::set_wake(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  if (wake_ && !(items_.empty() && actions_.empty())) wake_();
}

// With the lock held, so that the loop cannot end meanwhile.
void Inbox::wake_if(bool first) {
  if (first && wake_) wake_();
}

void Inbox::put(InboxItem& item) {
  const std::lock_guard lock(mutex_);
  items_.push_back(&item);
  wake_if(items_.size() + actions_.size() == 1);
}

void Inbox::put(std::function<void()> action) {
  const std::lock_guard lock(mutex_);
  actions_.push_back(std::move(action));
  wake_if(items_.size() + actions_.size() == 1);
}

bool Inbox::run() {
  {
    const std::lock_guard lock(mutex_);
    std::swap(items_, taken_items_);
    std::swap(actions_, taken_actions_);
  }
  const bool found = !taken_items_.empty() || !taken_actions_.empty();
  for (InboxItem* item : taken_items_) item->deliver();
  for (std::function<void()>& action : taken_actions_) action();
  taken_items_.clear();
  taken_actions_.clear();
  return found;
}

}  // namespace zeroway
