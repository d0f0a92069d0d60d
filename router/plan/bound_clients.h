// What a route and its site need so that clients stay with a worker or a server, and what makes a route the model of
// circuits: the same with a file and without one.
//
// Owner: nobody; free functions, for those who make plans.   Thread: any.
// Not here: the rule itself (plan/sticky_rule.h).
#pragma once
#include "router/plan/plan.h"
#include "router/settings/session_settings.h"

namespace zeroway {

// The site then knows the route's cookie.
void bind_clients(Site& site, Route& route, const StickySettings& said);
// The route is the model of the site's circuits. The plan then has the rule of who may use them.
void model_circuits(Plan& plan, Site& site, Route& route, const SessionSettings& said);
// Once the model is as it stays: clients get their permits at /setup of the site, where its tokens have a secret.
// `access`: who may ask there; null = everybody.
void serve_setup(Plan& plan, Site& site, const AccessRules* access);

}  // namespace zeroway
