// A circuit that has servers, or at least settings, as all loops share it: all that was put of one session's service.
//
// Owner: CircuitStore makes a new one at each change; the loops share it.   Thread: any.
// Not here: its backend on one loop (router/circuits/lane_circuits.h), circuits of workers (router/fabric/claims.h).
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "router/backends/servers_pool.h"
#include "router/exchange/circuit_use.h"
#include "router/plan/circuit_spec.h"

namespace zeroway {

struct ServedCircuit {
  std::string path;                         // "/SESSION/SERVICE"
  std::shared_ptr<const CircuitSpec> spec;  // the one that was put last; null = the circuit is gone
  std::shared_ptr<ServersPool> pool;        // of the servers of all; null = there is none
  std::shared_ptr<CircuitUse> use;          // null when the circuit is gone
};

// What has changed at once, in the form in which loops get it.
using CircuitUpdate = std::vector<std::shared_ptr<const ServedCircuit>>;

}  // namespace zeroway
