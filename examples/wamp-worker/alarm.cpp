#include "alarm.h"

namespace wamp {

Alarm::~Alarm() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Alarm::set(std::optional<Time> at) {
  {
    const std::lock_guard lock(mutex_);
    if (at == at_) return;
    at_ = at;
  }
  changed_.notify_one();
}

void Alarm::wait() {
  std::unique_lock lock(mutex_);
  while (!is_over_) {
    if (!at_) {
      changed_.wait(lock);
    } else if (std::chrono::steady_clock::now() < *at_) {
      changed_.wait_until(lock, Time(*at_));
    } else {
      at_.reset();
      lock.unlock();
      ring_();
      lock.lock();
    }
  }
}

}  // namespace wamp
