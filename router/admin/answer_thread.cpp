#include "router/admin/answer_thread.h"

#include <utility>

namespace zeroway {

void AnswerThread::run(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (is_over_) return;
  tasks_.push_back(std::move(task));
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  has_work_.notify_one();
}

void AnswerThread::end() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    tasks_.clear();
  }
  has_work_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void AnswerThread::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    has_work_.wait(lock, [this] { return is_over_ || !tasks_.empty(); });
    if (is_over_) return;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace zeroway
