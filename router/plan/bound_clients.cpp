#include "router/plan/bound_clients.h"

#include <algorithm>

namespace zeroway {

namespace {

void know_cookie(Site& site, const std::string& name) {
  auto& names = site.sticky_cookies;
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

void bind_clients(Site& site, Route& route, const StickySettings& said) {
  route.sticky = sticky_rule_of(said);
  if (!route.sticky || route.sticky->by != StickyRule::By::cookie) return;
  know_cookie(site, said.cookie);
}

void model_circuits(Site& site, Route& route, const SessionSettings& said) {
  route.backend_name = "circuits";
  route.strips_prefix = said.strip_prefix;
  route.moves_locations = said.rewrite_location;
  route.moves_cookies = said.rewrite_cookie_path;
  site.circuits = &route;
  // A circuit may say for itself that it is sticky.
  know_cookie(site, StickySettings{}.cookie);
}

}  // namespace zeroway
