// How many bytes the router sent to each steer connection that its peer has not proven to have read.
//
//     sent ── kProveEvery and no PING out ──▶ a PING of ours behind it ── comes back ──▶ all before it was read
//
// Bytes that a worker does not read wait in ZeroMQ, which has no bound of its own. Neither credit nor heartbeats bound
// them: a worker can give credit and send frames without reading. But a worker cannot answer a PING whose random bytes
// it has not read.
//
// Owner: Post.   Thread: one loop.
// Pure: no sockets, no clock. Not here: cutting a worker that reads too little (router/fabric/membership.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>

#include "router/fabric/wire.h"

namespace zeroway {

class UnreadBytes {
 public:
  // A message of `bytes` bytes goes to the connection. A result other than 0 is the eight bytes of a PING that must
  // stand at the end of the message.
  [[nodiscard]] std::uint64_t sent(ConnectionId connection, std::size_t bytes);
  // The connection sent a PING back. False when it is not the PING of ours that is out.
  [[nodiscard]] bool proven(ConnectionId connection, std::uint64_t opaque);
  [[nodiscard]] std::size_t of(ConnectionId connection) const;
  // The connection broke off. A later connection may get the same number.
  void forget(ConnectionId connection) { debts_.erase(connection); }

 private:
  struct Debt {
    std::size_t bytes = 0;  // sent since the last proven byte, or since the connection came
    std::size_t after = 0;  // of these, sent behind the PING that is out
    std::uint64_t proof = 0;
  };
  boost::unordered_flat_map<ConnectionId, Debt> debts_;
};

}  // namespace zeroway
