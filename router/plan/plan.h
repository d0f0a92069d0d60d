// What the operator's wishes mean: where clients come in, which route a request takes, and which backends there are.
//
// Owner: shared by all loops, and by the exchanges that began under it.   Thread: any; never changed once it is made.
// A router without a file has a plan too: one listener, one site, one route to the fabric.
// Not here: reading files (router/settings), sockets (router/edge), backends as objects
// (router/exchange/plan_in_use.h).
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "router/plan/route.h"
#include "router/settings/settings.h"

namespace zeroway {

// Which backend is to be built. Two equal specifications are one backend, also across plans.
struct BackendSpec {
  bool operator==(const BackendSpec&) const = default;
};

struct Plan {
  std::vector<BackendSpec> backends;
  Route everything;  // the route of every request

  // The route of a request, or null when nobody serves it. `path` is the whole path with its query.
  [[nodiscard]] const Route* match(std::string_view host, std::string_view path) const;
};

// The plan of a router that has no file.
[[nodiscard]] std::shared_ptr<const Plan> make_plan(const ExchangeSettings& settings);

}  // namespace zeroway
