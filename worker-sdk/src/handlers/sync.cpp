#include "zeroway/sync.h"

#include "handler_side.h"

namespace zeroway {

namespace detail {

// A wait that is notified leaves the list: its coroutine checks the state again, and waits again if it must.
void WaitList::notify_all() {
  for (Wait* wait : waits_) {
    wait->is_listed_ = false;
    wait->side_.wake_soon(wait->ticket_);
  }
  waits_.clear();
}

bool Wait::await_suspend(std::coroutine_handle<> awaiter) {
  if (!side_.is_over()) {
    ticket_ = side_.wait_outside(awaiter, longest_);
    list_.waits_.push_back(this);
    is_listed_ = true;
  }
  const bool waits = is_listed_;
  held_.unlock();  // a later notice is delivered by the loop, which is this thread, after this function returns
  return waits;
}

void Wait::await_resume() {
  remove();
  side_.throw_if_over();
}

void Wait::remove() {
  const std::unique_lock lock(list_.mutex);
  if (std::exchange(is_listed_, false)) std::erase(list_.waits_, this);
}

Deadline::Deadline(Waiting where, std::chrono::milliseconds longest)
    : side_(where.side()), at_(side_.now() + std::min<std::chrono::milliseconds>(longest, kLongestSleep)) {}

std::chrono::milliseconds Deadline::left() const {
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(at_ - side_.now()), std::chrono::milliseconds(0));
}

}  // namespace detail

void Event::set() {
  const std::unique_lock lock(waits_.mutex);
  is_set_ = true;
  waits_.notify_all();
}

void Event::reset() {
  const std::unique_lock lock(waits_.mutex);
  is_set_ = false;
}

bool Event::is_set() const {
  const std::unique_lock lock(waits_.mutex);
  return is_set_;
}

Task<bool> Event::wait(Waiting where, std::chrono::milliseconds longest) {
  const detail::Deadline deadline(where, longest);
  while (true) {
    std::unique_lock lock(waits_.mutex);
    const auto left = deadline.left();
    if (is_set_ || left.count() == 0) co_return is_set_;
    co_await detail::Wait(waits_, where, left, lock);
  }
}

}  // namespace zeroway
