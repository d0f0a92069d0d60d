// Makes of what a route says of WAMP its specification, and the path of realms that no route names.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: the backends as objects (router/loop_backends.h).
#pragma once
#include "router/plan/plan.h"
#include "router/settings/sites.h"

namespace zeroway {

[[nodiscard]] WampSpec make_wamp(const RouteSettings& said);
// Sessions at `path` go to the workers of their realm, on the terms of site.workers, while workers announce realms. "":
// no path has them. Once the site has its workers.
void serve_realms(Plan& plan, Site& site, const std::string& path);

}  // namespace zeroway
