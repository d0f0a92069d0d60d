// The threads that run the handlers of Worker::handle.
//
// Owner: Worker.   Thread: the loop puts, the pool's threads take.
// Not here: what a handler is given (pool_side.h). The queue is bounded by the worker's capacity.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "worker_log.h"
#include "zeroway/worker.h"

namespace zeroway {

class PoolSide;

class HandlerPool {
 public:
  explicit HandlerPool(const WorkerLog& log) : log_(log) {}
  ~HandlerPool() { stop(); }

  void start(std::uint32_t threads);
  // Waits for the handlers that run; queued ones are dropped.
  void stop();
  // `handler` and `side` stay until the side is done().
  void run(const Handler& handler, PoolSide& side);

 private:
  struct Job {
    const Handler* handler;
    PoolSide* side;
  };
  void work();

  const WorkerLog& log_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Job> jobs_;
  bool stops_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace zeroway
