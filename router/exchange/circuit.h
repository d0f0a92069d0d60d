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
  Route route;                       // `path` is "/SESSION/SERVICE"
  Route to_slash;                    // sends clients of the bare path to "/SESSION/SERVICE/": relative links work there
  const Route* model = nullptr;      // the plan's, by which this one was made: requests are counted there
  std::shared_ptr<Backend> backend;  // the workers
};

}  // namespace zeroway
