// What a route and its site need so that clients stay with a worker or a server, and what makes a route the model of
// circuits: the same with a file and without one.
//
// Owner: nobody; free functions, for those who make plans.   Thread: any.
// Not here: the rule itself (plan/sticky_rule.h).
#pragma once
#include "router/plan/site.h"
#include "router/settings/session_settings.h"

namespace zeroway {

// The site then knows the route's cookie.
void bind_clients(Site& site, Route& route, const StickySettings& said);
// The route is the model of the site's circuits.
void model_circuits(Site& site, Route& route, const SessionSettings& said);

}  // namespace zeroway
