// Whether the router of one link is still alive, by the time since its last message.
//
//     heard ── heartbeat_interval ──▶ ask (send a PING, once in an interval) ── heartbeat_timeout ──▶ silent
//
// Owner: RouterLink.   Thread: the loop; `now` is given.
// Not here: libzmq's own heartbeats. They are off: libzmq 4.3.4 aborts the process when such a timer writes on a
// connection whose input was stopped, and after a pause of the process its timers run before it reads.
#pragma once
#include <chrono>
#include <cstdint>

#include "proto/limits.h"

namespace zeroway {

class LinkHealth {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Verdict : std::uint8_t { fine, ask, silent };

  // Sets the times of the router's WELCOME.
  void set_pace(std::chrono::milliseconds interval, std::chrono::milliseconds timeout);
  [[nodiscard]] std::chrono::milliseconds timeout() const { return timeout_; }

  // Starts the clocks again: the router has said WELCOME, or this loop did not run and must not judge the router by
  // that time.
  void begin(TimePoint now);
  // Stops watching until begin().
  void end();
  [[nodiscard]] bool is_watching() const { return heard_at_ != TimePoint::max(); }
  void heard(TimePoint now) {
    if (is_watching()) begin(now);
  }
  // Says `ask` once in an interval.
  [[nodiscard]] Verdict look(TimePoint now);
  [[nodiscard]] TimePoint next_look() const;

 private:
  std::chrono::milliseconds interval_{kDefaultHeartbeatInterval};  // until a WELCOME names its own
  std::chrono::milliseconds timeout_{kDefaultHeartbeatTimeout};
  TimePoint heard_at_ = TimePoint::max();  // max() = not watching
  TimePoint ask_at_ = TimePoint::max();
};

}  // namespace zeroway
