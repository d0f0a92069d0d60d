#include "handler_pool.h"

#include "guarded.h"
#include "pool_side.h"

namespace zeroway {

void HandlerPool::start(std::uint32_t threads) {
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

void HandlerPool::run(const Handler& handler, PoolSide& side) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({&handler, &side});
  }
  filled_.notify_one();
}

void HandlerPool::work() {
  while (true) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return stops_ || !jobs_.empty(); });
    if (stops_) return;
    const Job job = jobs_.front();
    jobs_.pop_front();
    lock.unlock();
    if (!job.side->is_cancelled()) {
      Request request(*job.side);
      Reply reply(*job.side);
      run_guarded(*job.side, log_, [&] { (*job.handler)(request, reply); });
    }
    job.side->done();
  }
}

}  // namespace zeroway
