// A circuit: the route of a session's service, which comes and goes while the router runs. It is part of no plan.
//
// Owner: Circuits, and every request on it.   Thread: one loop.
// Not here: finding it (exchange/circuits.h), its workers (router/fabric/claims.h), its servers (router/circuits).
#pragma once
#include <memory>

#include "router/exchange/backend.h"
#include "router/exchange/circuit_use.h"
#include "router/plan/circuit_spec.h"
#include "router/plan/permit_rule.h"
#include "router/plan/route.h"
#include "router/route/path_patterns.h"

namespace zeroway {

struct Circuit {
  Route route;                              // `path` is "/SESSION/SERVICE", or "" where a host or a port names it
  Route to_slash;                           // of the bare path: sends clients to "/SESSION/SERVICE/"
  const Route* model = nullptr;             // the plan's, by which this one was made: requests are counted there
  std::shared_ptr<Backend> backend;         // its workers and servers
  std::shared_ptr<Backend> tunnels;         // the same for tunnels; null = the service does not speak TCP
  std::shared_ptr<const CircuitSpec> spec;  // null = only workers announce it
  std::shared_ptr<CircuitUse> use;          // null = nobody counts
  CircuitGuard guard{};                     // who may use it
  PathPatterns idle_ignores{};              // of the service's paths: requests that are no use of it
};

}  // namespace zeroway
