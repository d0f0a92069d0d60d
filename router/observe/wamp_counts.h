// What the sessions of WAMP of one loop did.
//
// Owner: the loop's backends; read by its census.   Thread: one loop.
#pragma once
#include <cstdint>

namespace zeroway {

struct WampCounts {
  std::uint64_t open = 0;          // transports of clients now
  std::uint64_t joined = 0;        // sessions that a backend has welcomed
  std::uint64_t from_clients = 0;  // messages
  std::uint64_t to_clients = 0;
  std::uint64_t refused = 0;     // sessions without a backend
  std::uint64_t denied = 0;      // sessions whose client has not shown who it is
  std::uint64_t lost = 0;        // sessions whose backend was lost
  std::uint64_t violations = 0;  // by either side
  std::uint64_t dropped = 0;     // messages that the other side could not be told

  void add(const WampCounts& other) {
    open += other.open;
    joined += other.joined;
    from_clients += other.from_clients;
    to_clients += other.to_clients;
    refused += other.refused;
    lost += other.lost;
    violations += other.violations;
    dropped += other.dropped;
    denied += other.denied;
  }
};

}  // namespace zeroway
