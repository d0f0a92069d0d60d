// Whether a client takes the bytes that wait for it on its connection at the least rate.
//
// Owner: a client session.   Thread: one loop.
// It is told how many bytes wait whenever that may have changed. Time in which no byte waits does not count: a reply
// with little to send, as of server-sent events, may be as slow as its worker likes.
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
  // `queued` bytes wait now, and none were added since the last call, or none waited then.
  void look(std::size_t queued, Time now, const HttpLimits& limits) {
    if (queued_ == 0) return added(queued, now);
    pace_.waited(now - looked_at_);
    if (queued < queued_) pace_.moved(queued_ - queued, least_send_rate(limits));
    if (queued == 0) pace_.begin();  // it took all there was: nobody is faster
    queued_ = queued;
    looked_at_ = now;
  }
  // When the client is too slow if it takes nothing until then. Time::max() when no rate is asked for.
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
