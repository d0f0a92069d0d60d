// How many answers each connection at steer may ask for in a second.
//
// What is answered and not read waits in ZeroMQ, without a bound and without credit. So a peer that asks faster than
// this is not answered: who asks and never reads costs a few kilobytes a second at most.
//
// Owner: Fabric.   Thread: one loop.
// Pure: no sockets, no clock. Not here: what becomes of who asks for more (router/fabric/fabric_workers.cpp).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>

#include "router/fabric/limits.h"
#include "router/fabric/wire.h"
#include "router/observe/per_second.h"
#include "router/observe/time.h"

namespace zeroway {

class AnswerBudgets {
 public:
  // False when this second's answers of `connection` are spent.
  [[nodiscard]] bool take(ConnectionId connection, Time now) { return taken_[connection].take(now); }
  // It broke off; its number may come again for another.
  void forget(ConnectionId connection) { taken_.erase(connection); }

 private:
  boost::unordered_flat_map<ConnectionId, PerSecond<kAnswersPerSecond>> taken_;
};

}  // namespace zeroway
