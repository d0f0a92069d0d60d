#include "handler_pool.h"

#include <utility>

namespace zeroway {

void HandlerPool::start(std::uint32_t threads) {
  if (!threads_.empty() || stops_) return;
  for (std::uint32_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

void HandlerPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  filled_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void HandlerPool::run(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  filled_.notify_one();
}

bool HandlerPool::is_idle() {
  const std::lock_guard lock(mutex_);
  return jobs_.empty() && running_ == 0;
}

void HandlerPool::set_when_idle(std::function<void()> when_idle) {
  const std::lock_guard lock(mutex_);
  when_idle_ = std::move(when_idle);
}

void HandlerPool::work() {
  while (true) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return stops_ || !jobs_.empty(); });
    if (stops_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    ++running_;
    lock.unlock();
    job();
    finished();
  }
}

void HandlerPool::finished() {
  const std::lock_guard lock(mutex_);
  --running_;
  if (jobs_.empty() && running_ == 0 && when_idle_) when_idle_();
}

}  // namespace zeroway
