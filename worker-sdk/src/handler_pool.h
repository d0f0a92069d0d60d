// The threads that run the handlers of Worker::handle, and what Worker::on_pool is given.
//
// Owner: Worker.   Thread: the loop puts, the pool's threads take.
// Not here: what a job does (worker_core.h). The queue is bounded by the worker's capacity: each request has one there.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace zeroway {

class HandlerPool {
 public:
  using Job = std::function<void()>;  // throws nothing

  HandlerPool() = default;
  ~HandlerPool() { stop(); }

  // The second time, and after stop(), does nothing.
  void start(std::uint32_t threads);
  // Waits for the jobs that run; queued ones are dropped.
  void stop();
  void run(Job job);

  // Whether no job is queued or runs.
  [[nodiscard]] bool is_idle();
  // Called whenever that becomes true, on any thread of the pool, with its lock held. Empty = nothing.
  void set_when_idle(std::function<void()> when_idle);

 private:
  void work();
  void finished();

  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Job> jobs_;
  std::size_t running_ = 0;
  std::function<void()> when_idle_;
  bool stops_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace zeroway
