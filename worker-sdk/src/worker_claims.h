// What a worker claims from its routers: what its options state, else what its handlers answer.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: how a claim is written (proto/route_claim.h), which handler answers a path (route_matcher.h).
#pragma once
#include <string>
#include <vector>

#include "proto/route_claim.h"
#include "zeroway/options.h"

namespace zeroway {

struct WorkerClaims {
  std::vector<RouteClaim> routes;  // as HELLO says them: empty = the open pool
  std::string remark;              // for the log, when more is claimed than the handlers answer
};

// The routes of WorkerOptions, which were checked.
[[nodiscard]] WorkerClaims stated_claims(const std::vector<ServedRoute>& routes);

// The literal prefixes of patterns: "/todos" claims that path, "/users/{id}" what is below "/users", "/files/*" claims
// "/files" and all below. A pattern without one ("/*", "/{page}") makes it the open pool. Of more claims than a HELLO
// holds, the deepest become one for all that is below their parent, until they fit.
[[nodiscard]] WorkerClaims handler_claims(const std::vector<std::string>& patterns);

}  // namespace zeroway
