// Why nobody answers at an endpoint: one connection of our own, because ZeroMQ tells that a connection failed and not
// why. It is closed at once.
//
// Owner: WorkerLoop, for a link that is not joined.   Thread: the loop; it never waits.
// Not here: what the log says about it (join_cause.h).
#pragma once
#include <chrono>
#include <optional>
#include <string>

namespace zeroway {

class ConnectProbe {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `endpoint`: tcp with a numeric host, or ipc.
  ConnectProbe(const std::string& endpoint, TimePoint now);
  ~ConnectProbe();
  ConnectProbe(const ConnectProbe&) = delete;
  ConnectProbe& operator=(const ConnectProbe&) = delete;

  // An errno, 0 when the connection came about; nothing while it is not known.
  [[nodiscard]] std::optional<int> result(TimePoint now) const;

 private:
  int fd_ = -1;
  int error_ = 0;  // of connect()
  TimePoint deadline_;
};

}  // namespace zeroway
