// How much each connection at steer says that no credit pays for and nobody waits for.
//
// It costs the loop time, and ZeroMQ memory when it comes faster than it is read.
//
// Owner: Fabric.   Thread: one loop.
// Pure: no sockets, no clock. Not here: what becomes of who says too much (router/fabric/fabric_workers.cpp).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>

#include "router/fabric/limits.h"
#include "router/fabric/wire.h"
#include "router/observe/per_second.h"
#include "router/observe/time.h"

namespace zeroway {

class IdleTalk {
 public:
  // Of a message, in bytes, kIdleFrameCost for each frame among them. False when it is too much for a second.
  [[nodiscard]] bool take(ConnectionId connection, std::size_t cost, Time now) {
    return taken_[connection].take(now, cost);
  }
  // It broke off; its number may come again for another.
  void forget(ConnectionId connection) { taken_.erase(connection); }

 private:
  boost::unordered_flat_map<ConnectionId, PerSecond<kIdlePerSecond>> taken_;
};

}  // namespace zeroway
