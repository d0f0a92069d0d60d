// Writes answers to operators on a thread of its own: the numbers of a thousand routes are megabytes of text, and no
// loop may stand still for them.
//
// Owner: OperatorDesk.   Thread: any calls; tasks run one after the other on its thread, which begins with the first.
// It has a mutex, held to hand over a task. Not here: what is written (admin/metrics_text.h, admin/census_json.h).
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace zeroway {

class AnswerThread {
 public:
  AnswerThread() = default;
  ~AnswerThread() { end(); }
  AnswerThread(const AnswerThread&) = delete;
  AnswerThread& operator=(const AnswerThread&) = delete;

  // After end() nothing runs any more.
  void run(std::function<void()> task);
  // Waits for the task that runs; those behind it are dropped.
  void end();

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable has_work_;
  std::deque<std::function<void()>> tasks_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace zeroway
