#include "link_health.h"

#include <algorithm>

#include "limits.h"

namespace zeroway {

void LinkHealth::set_pace(std::chrono::milliseconds interval, std::chrono::milliseconds timeout) {
  interval_ = std::max(interval, kLeastAskInterval);
  timeout_ = timeout;
}

void LinkHealth::begin(TimePoint now) {
  heard_at_ = now;
  ask_at_ = now + interval_;
}

void LinkHealth::end() { heard_at_ = ask_at_ = TimePoint::max(); }

LinkHealth::Verdict LinkHealth::look(TimePoint now) {
  if (!is_watching()) return Verdict::fine;
  if (now >= heard_at_ + timeout_) return Verdict::silent;
  if (now < ask_at_) return Verdict::fine;
  ask_at_ = now + interval_;
  return Verdict::ask;
}

LinkHealth::TimePoint LinkHealth::next_look() const {
  return is_watching() ? std::min(ask_at_, heard_at_ + timeout_) : TimePoint::max();
}

}  // namespace zeroway
