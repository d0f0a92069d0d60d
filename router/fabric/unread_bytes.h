// How much each connection at steer was sent that it has not proven to have read.
//
//     sent ── kProveEvery and no PING out ──▶ a PING of ours behind it ── comes back ──▶ all before it was read
//
// What nobody reads waits in ZeroMQ, which has no bound of its own: credit is what a worker says it is, answers need
// none, and ZMTP's heartbeats live in a peer that writes and does not read. A PING with random bytes cannot be answered
// by who has not read it.
//
// Owner: Fabric.   Thread: one loop.
// Pure: no sockets, no clock. Not here: what becomes of who reads too little (router/fabric/fabric.cpp).
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
