// Why a router is not joined, told once for each cause, and again when the cause changes; with pauses that grow from 1
// s to a minute when causes alternate.
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

  // The connection came about: the next cause is a new one.
  void joined() {
    if (tell_at_ != TimePoint::max()) *this = JoinReport();
  }
  // It did not. The last cause counts.
  void failed(std::string cause, TimePoint now);
  // The cause that is to be told now; nothing when it was told already, or is younger than `kCausePatience`.
  [[nodiscard]] std::optional<std::string> due(TimePoint now);
  // When due() has something to tell; never, if that is max().
  [[nodiscard]] TimePoint due_at() const;

 private:
  std::string cause_, told_;
  TimePoint tell_at_ = TimePoint::max();  // the earliest time for another line; max() before the first failure
  std::chrono::milliseconds pause_{0};
};

}  // namespace zeroway
