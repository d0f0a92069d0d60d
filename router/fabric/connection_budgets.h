// How much each steer connection may ask for, and send, in a second. Replies do not count: credit bounds them.
//
// Answers: an answer that the peer does not read waits in ZeroMQ. A peer that asks more often than this gets no answer,
// so a peer that asks and never reads costs a few kilobytes a second at most.
// Idle talk: frames that are no piece of a reply. These frames cost the loop time. They also cost memory in ZeroMQ when
// they come faster than the loop reads them.
//
// Owner: Membership and Strangers.   Thread: one loop.
// Pure: no sockets, no clock. Not here: what happens to a peer that passes its budget
// (router/fabric/membership.h, router/fabric/strangers.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>

#include "router/fabric/limits.h"
#include "router/fabric/wire.h"
#include "router/observe/per_second.h"
#include "router/observe/time.h"

namespace zeroway {

template <std::size_t kMost>
class ConnectionBudgets {
 public:
  // False when `many` is more than this second's budget still has.
  [[nodiscard]] bool take(ConnectionId connection, Time now, std::size_t many = 1) {
    return taken_[connection].take(now, many);
  }
  // The connection broke off. A later connection may get the same number.
  void forget(ConnectionId connection) { taken_.erase(connection); }

 private:
  boost::unordered_flat_map<ConnectionId, PerSecond<kMost>> taken_;
};

using AnswerBudgets = ConnectionBudgets<kAnswersPerSecond>;
// In bytes, kIdleFrameCost for each frame among them.
using IdleTalk = ConnectionBudgets<kIdlePerSecond>;
using StrangeTalk = ConnectionBudgets<kStrangeTalkPerSecond>;

}  // namespace zeroway
