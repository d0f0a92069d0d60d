#include "router/plan/bound_clients.h"

#include <algorithm>
#include <utility>

#include "router/plan/login_maker.h"

namespace zeroway {

namespace {

// No backend of the site gets the cookie.
void hide_cookie(Site& site, std::string_view name) {
  auto& names = site.own_cookies;
  if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
}

}  // namespace

void bind_clients(Site& site, Route& route, const StickySettings& said) {
  route.sticky = sticky_rule_of(said);
  if (route.sticky && route.sticky->by == StickyRule::By::cookie) hide_cookie(site, said.cookie);
}

void model_circuits(Plan& plan, Site& site, Route& route, const SessionSettings& said) {
  route.backend_name = "circuits";
  route.strips_prefix = said.strip_prefix;
  route.moves_locations = said.rewrite_location;
  route.moves_cookies = said.rewrite_cookie_path;
  const PermitRule& permits = plan.permits.emplace_back(permit_rule_of(said.permits));
  route.permits = &permits;
  hide_cookie(site, kPermitCookie);
  if (permits.tokens) add_secret_file(*permits.tokens, plan.secrets);
  if (permits.key) add_secret_file(*permits.key, plan.secrets);
  site.circuits = &route;
  // A circuit may say for itself that it is sticky.
  hide_cookie(site, StickySettings{}.cookie);
}

void serve_setup(Plan& plan, Site& site, const AccessRules* access) {
  if (site.circuits == nullptr || !site.circuits->permits->tokens) return;
  Route& route = plan.routes.emplace_back(*site.circuits);
  route.path = kSetupPath;
  route.own_answer = OwnAnswer::setup;
  route.backend_name.clear();
  route.access = access;
  route.permits = nullptr;
  route.sticky.reset();
  route.takes_web_sockets = route.strips_prefix = route.moves_locations = route.moves_cookies = false;
  site.setup = &route;
  static_cast<void>(site.routes.add_exact(kSetupPath, MethodSet{"GET"}, &route));
}

Result<> give_ports(Plan& plan, const Site& site, PortRange range, std::size_t listener) {
  const auto wrong = [&](const std::string& why) {
    return Error{Fault::router, Code::internal, false, "sessions.ports = " + to_text(range) + ": " + why};
  };
  if (listener >= plan.listeners.size()) return wrong("wants a site that listens at an address");
  for (const ListenerSpec& other : plan.listeners)
    if (range.contains(other.port)) return wrong("a listener has port " + std::to_string(other.port));
  CircuitPorts ports{.range = range, .listener = listener, .http = plan.listeners[listener], .tcp = {}};
  ports.http.port = 0;
  ports.http.only_site = &site;
  ports.http.is_optional = true;
  ports.http.raw_socket.reset();  // a port of one service has no path of sessions
  ports.tcp = ports.http;
  ports.tcp.is_tls = false;
  ports.tcp.tls = {};
  make_tcp(ports.tcp);
  plan.circuit_ports = std::move(ports);
  return {};
}

}  // namespace zeroway
