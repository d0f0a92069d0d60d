// The routes that a worker claims from its routers: those of its options, else the paths that its handlers answer.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: the text of a claim (proto/route_claim.h), the handler for a path (route_matcher.h).
#pragma once
#include <string>
#include <vector>

#include "proto/route_claim.h"
#include "zeroway/options.h"

namespace zeroway {

struct WorkerClaims {
  std::vector<RouteClaim> routes;  // as in HELLO: empty = the open pool
  std::string remark;              // for the log, when the worker claims more than its handlers answer
};

// The routes of WorkerOptions. They were checked before.
[[nodiscard]] WorkerClaims stated_claims(const std::vector<ServedRoute>& routes);

// The literal prefixes of patterns: "/todos" claims that path, "/users/{id}" the paths below "/users", "/files/*"
// claims "/files" and all paths below it. A pattern without a literal prefix ("/*", "/{page}") puts the worker into the
// open pool. If a HELLO cannot hold all claims, the deepest claims are replaced by one claim for all paths below their
// parent, until they fit.
[[nodiscard]] WorkerClaims handler_claims(const std::vector<std::string>& patterns);

}  // namespace zeroway
