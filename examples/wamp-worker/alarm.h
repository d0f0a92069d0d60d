// Rings once at a time that may change: the SDK gives timers to handlers only, and calls expire while nobody speaks.
//
// Owner: main.   Thread: set() from any; `ring` is called on a thread of its own.
// Not here: what is due (realms.h).
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace wamp {

class Alarm {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Alarm(std::function<void()> ring) : ring_(std::move(ring)), thread_([this] { wait(); }) {}
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // From now on it rings at this time, or never; the time that was set before is forgotten.
  void set(std::optional<Time> at);

 private:
  void wait();

  const std::function<void()> ring_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Time> at_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace wamp
