#include "join_report.h"

#include <algorithm>
#include <utility>

#include "limits.h"

namespace zeroway {

void JoinReport::failed(std::string cause, TimePoint now) {
  if (tell_at_ == TimePoint::max()) tell_at_ = now + kCausePatience;
  cause_ = std::move(cause);
}

std::optional<std::string> JoinReport::due(TimePoint now) {
  if (now < due_at()) return std::nullopt;
  pause_ = std::clamp<std::chrono::milliseconds>(2 * pause_, kCausePatience, kLongestCausePause);
  tell_at_ = now + pause_;
  told_ = cause_;
  return told_;
}

JoinReport::TimePoint JoinReport::due_at() const { return cause_ == told_ ? TimePoint::max() : tell_at_; }

}  // namespace zeroway
