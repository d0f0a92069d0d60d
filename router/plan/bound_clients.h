// What a route and its site need so that clients stay with a worker or a server, and what circuits need of a plan: the
// same with a file and without one.
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
// Circuits get ports of `range` beside their paths; clients are served there as at `listener` of the plan, once this is
// complete. Errors: the listener has no address, or one of the plan has a port of the range.
[[nodiscard]] Result<> give_ports(Plan& plan, const Site& site, PortRange range, std::size_t listener);

}  // namespace zeroway
