// Finds out why no router answers at an endpoint: makes one connection of its own and closes it at once. libzmq tells
// that a connection failed, but not why.
//
// Owner: WorkerLoop, for a link that is not joined.   Thread: the loop; it never waits.
// Not here: the words in the log (join_cause.h).
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

  // An errno, or 0 when the connection succeeded; nothing while the result is not known.
  [[nodiscard]] std::optional<int> result(TimePoint now) const;

 private:
  int fd_ = -1;
  int error_ = 0;  // of connect()
  TimePoint deadline_;
};

}  // namespace zeroway
