// A circuit: the route of a session's service, which workers announce while the router runs. It is part of no plan.
//
// Owner: Circuits, and every request on it.   Thread: one loop.
// Not here: finding it (exchange/circuits.h), its workers (router/fabric/claims.h).
#pragma once
#include <memory>

#include "router/exchange/backend.h"
#include "router/plan/route.h"

namespace zeroway {

struct Circuit {
  Route route;                       // `path` is "/SESSION/SERVICE", or "" where a host names the circuit
  Route to_slash;                    // of the bare path: sends clients to "/SESSION/SERVICE/", for relative links
  const Route* model = nullptr;      // the plan's, by which this one was made: requests are counted there
  std::shared_ptr<Backend> backend;  // the workers
};

}  // namespace zeroway
