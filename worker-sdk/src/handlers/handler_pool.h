// The threads that run the handlers of Worker::handle and the functions of Worker::on_pool.
//
// Owner: Worker.   Thread: the loop puts, the pool's threads take.
// Not here: the content of a job (handler_runner.h). The worker's capacity bounds the queue: each request has one job
// there.
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

  // Starts the threads. A second call, or a call after stop(), does nothing.
  void start(std::uint32_t threads);
  // Waits for the jobs that run; drops the jobs in the queue.
  void stop();
  void run(Job job);

  // Whether no job is queued or runs.
  [[nodiscard]] bool is_idle();
  // `when_idle` is called whenever the pool becomes idle, on any thread of the pool, with its lock held. Empty = no
  // call.
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
