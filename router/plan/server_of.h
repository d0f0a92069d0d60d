// A member of a pool as a configuration file names it, as a server of the plan.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: the pool (router/plan/site_maker.cpp).
#pragma once
#include "router/plan/pool_spec.h"
#include "router/settings/sites.h"

namespace zeroway {

// Not for workers.
[[nodiscard]] ServerSpec server_of(const MemberSettings& said);
// The same for a server of bytes: on a unix socket there is no HTTP.
[[nodiscard]] ServerSpec tunnel_server_of(const MemberSettings& said);

}  // namespace zeroway
