// HELLO and WELCOME: who a worker is and what it serves, and who it reached. JSON on the wire.
//
// Owner: values.   Thread: any.
// Not here: what the router does with it (router/fabric/roster.h). cereal is included by control.cpp alone.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "proto/bytes.h"
#include "proto/error.h"
#include "proto/limits.h"
#include "proto/route_claim.h"

namespace zeroway {

struct Hello {
  std::uint32_t version = kProtocolVersion;
  std::string name;      // shown to people; 1 … kMaxNameLength visible ASCII characters
  std::string instance;  // the routing id: name#16 hex digits, new for each connection to a steer endpoint
  std::string replaces;  // the instance of the worker's earlier connection to this steer endpoint; "" = there was none
  std::uint64_t pid = 0;
  std::uint32_t weight = 1;                   // 1 … kMaxWeight
  std::uint32_t capacity = kDefaultCapacity;  // 1 … kMaxCapacity
  std::string state = "ready";                // "ready" or "draining"
  std::vector<RouteClaim> routes;             // in their plain form; empty = the open pool
};

struct Pair {
  std::string deal;  // a ZeroMQ endpoint; host '*' = the host you dialled
  std::string steer;
};

struct Welcome {
  std::uint32_t version = kProtocolVersion;
  std::string router;       // this router process's instance id, new in each process
  std::uint32_t loop = 0;   // which of `pairs` sent this
  std::vector<Pair> pairs;  // one for each loop of the router; connect to all
  // The router pings a worker that it has not heard of for the first, and gives it up after the second. In ms.
  std::uint32_t heartbeat_interval = kDefaultHeartbeatInterval;  // 1 … kMaxHeartbeat
  std::uint32_t heartbeat_timeout = kDefaultHeartbeatTimeout;    // 1 … kMaxHeartbeat
};

[[nodiscard]] std::string write_hello(const Hello& hello);
[[nodiscard]] std::string write_welcome(const Welcome& welcome);
// Unknown members are ignored; absent ones other than name, instance, router and pairs have the defaults above. Fails
// with frame_error naming the member and the value when one is out of range.
[[nodiscard]] Result<Hello> read_hello(Bytes json);
[[nodiscard]] Result<Welcome> read_welcome(Bytes json);

// The steer endpoint that belongs to a deal endpoint: tcp port + 1, ipc path + ".steer". Fails for other transports,
// a port outside 1 … 65534 or no port.
[[nodiscard]] Result<std::string> steer_endpoint(const std::string& deal);
// The deal endpoint of loop `index`: tcp port + 2 × index, ipc path + "." + index (index 0: unchanged).
[[nodiscard]] Result<std::string> loop_endpoint(const std::string& deal, std::uint32_t index);

}  // namespace zeroway
