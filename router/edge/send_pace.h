// Whether a client takes the bytes that wait on its connection at least at the rate that the limits ask for.
//
// Owner: a client session.   Thread: one loop.
// The session reports the number of waiting bytes whenever it may have changed. Time in which no byte waits does not
// count: a reply with little to send, such as server-sent events, may be as slow as its backend.
// Not here: silence (Connection::last_progress), the windows of HTTP/2 (http/h2_codec.h).
#pragma once
#include <cstddef>

#include "router/http/pace.h"

namespace zeroway {

class SendPace {
 public:
  // `queued` bytes wait now, and some were added.
  void added(std::size_t queued, Time now) {
    if (queued_ == 0) looked_at_ = now;
    queued_ = queued;
  }
  // `queued` bytes wait now. Either none were added since the last call, or none waited at the last call.
  void look(std::size_t queued, Time now, const HttpLimits& limits) {
    if (queued_ == 0) return added(queued, now);
    pace_.waited(now - looked_at_);
    if (queued < queued_) pace_.moved(queued_ - queued, least_send_rate(limits));
    if (queued == 0) pace_.begin();  // the client took all bytes: no client is faster
    queued_ = queued;
    looked_at_ = now;
  }
  // From this time on the client is too slow, if it takes nothing before. Time::max() when no rate is configured.
  [[nodiscard]] Time due(const HttpLimits& limits) const {
    const Clock::duration patience = pace_.patience(least_send_rate(limits));
    return patience == Clock::duration::max() ? Time::max() : looked_at_ + patience;
  }

 private:
  std::size_t queued_ = 0;
  Time looked_at_{};
  Pace pace_;
};

}  // namespace zeroway
