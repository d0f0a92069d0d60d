// When to log why a router is not joined: once for each cause, and again when the cause changes. While causes
// alternate, the pauses between lines grow from 1 s to 1 minute.
//
// Owner: the loop has one for each link, RouterNames one for each name.   Thread: the loop; `now` is given.
// Not here: finding the cause, writing the line.
#pragma once
#include <chrono>
#include <optional>
#include <string>

namespace zeroway {

class JoinReport {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // The connection succeeded: the next cause is a new one.
  void joined() {
    if (tell_at_ != TimePoint::max()) *this = JoinReport();
  }
  // The connection failed. The last cause counts.
  void failed(std::string cause, TimePoint now);
  // The cause to log now; nothing when it was logged already, or is younger than `kCausePatience`.
  [[nodiscard]] std::optional<std::string> due(TimePoint now);
  // The time at which due() will give a cause; max() = never.
  [[nodiscard]] TimePoint due_at() const;

 private:
  std::string cause_, told_;
  TimePoint tell_at_ = TimePoint::max();  // the earliest time for another line; max() before the first failure
  std::chrono::milliseconds pause_{0};
};

}  // namespace zeroway
