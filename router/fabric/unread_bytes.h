// How much each connection at steer was sent that it has not proven to have read.
//
//     sent ── kProveEvery and no PING out ──▶ a PING of ours behind it ── comes back ──▶ all before it was read
//
// Bytes that a worker does not read wait in ZeroMQ, which has no bound of its own. Neither credit nor heartbeats bound
// them: a worker can give credit and talk without reading. But it cannot answer a PING with random bytes that it has
// not read.
//
// Owner: Fabric.   Thread: one loop.
// Pure: no sockets, no clock. Not here: cutting a worker that reads too little (router/fabric/fabric.cpp).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>

#include "router/fabric/wire.h"

namespace zeroway {

class UnreadBytes {
 public:
  // A message of so many bytes goes to it. Not 0: the eight bytes of a PING that must stand at its end.
  [[nodiscard]] std::uint64_t sent(ConnectionId connection, std::size_t bytes);
  // It sent a PING back. False when it is none of ours that is out.
  [[nodiscard]] bool proven(ConnectionId connection, std::uint64_t opaque);
  [[nodiscard]] std::size_t of(ConnectionId connection) const;
  // It broke off; its number may come again for another.
  void forget(ConnectionId connection) { debts_.erase(connection); }

 private:
  struct Debt {
    std::size_t bytes = 0;  // since what was proven last, or since it came
    std::size_t after = 0;  // of these, sent behind the PING that is out
    std::uint64_t proof = 0;
  };
  boost::unordered_flat_map<ConnectionId, Debt> debts_;
};

}  // namespace zeroway
