#include "router/plan/make_plan.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "router/plan/bound_clients.h"
#include "router/plan/limits.h"
#include "router/plan/site_maker.h"
#include "router/plan/wamp_maker.h"
#include "router/settings/line_ends.h"

namespace zeroway {

namespace {

ListenerSpec listener_of(const EdgeSettings& edge) {
  ListenerSpec spec;
  spec.address = edge.address;
  spec.port = edge.port;
  spec.limits = edge.limits;
  spec.web_sockets = edge.web_sockets;
  return spec;
}

// The listeners of a router without a file: a plain one, and one with TLS when there are certificates.
void add_listeners(Plan& plan, const EdgeSettings& edge, const Site& site) {
  plan.listeners.push_back(listener_of(edge));
  if (edge.tls.is_on()) {
    ListenerSpec tls = listener_of(edge);
    tls.port = edge.tls.port;
    tls.is_tls = true;
    tls.tls = edge.tls;
    plan.listeners.push_back(std::move(tls));
  }
  for (ListenerSpec& listener : plan.listeners) listener.only_site = &site;
}

Route& add_workers(Plan& plan, const EdgeSettings& edge, const ExchangeSettings& exchange) {
  plan.backends.emplace_back(GroupSpec{});
  Route& route = plan.routes.emplace_back();
  route.backend = plan.backends.size() - 1;
  route.terms = request_terms(edge.limits, edge.web_sockets);
  route.web_sockets = edge.web_sockets;
  route.reply_timeout = exchange.reply_timeout;
  route.retries = exchange.retries;
  return route;
}

void add_folder(Plan& plan, Site& site, const std::string& folder) {
  FilesSpec spec;
  spec.root = std::filesystem::absolute(folder);
  spec.listing = true;  // as everyone who serves a folder by hand expects
  plan.backends.emplace_back(std::move(spec));
  Route& route = plan.routes.emplace_back();
  route.backend = plan.backends.size() - 1;
  route.backend_name = "files";
  route.terms = site.workers->terms;
  route.takes_web_sockets = false;
  route.tells_worker = false;
  route.site = &site;
  site.files = &route;
  site.makes_paths_canonical = true;
}

// The model of the circuits that workers announce.
void add_circuits(Plan& plan, Site& site, const SessionSettings& said) {
  Route& route = plan.routes.emplace_back(*site.workers);
  model_circuits(plan, site, route, said);
  if (said.sticky.by != StickyBy::nothing) bind_clients(site, route, said.sticky);
  serve_setup(plan, site, nullptr);
  if (site.setup != nullptr) site.secret_parameters = plan.secret_parameters = {std::string(kSetupToken)};
  site.makes_paths_canonical = true;
}

// Beside the listener with TLS, where there is one.
void add_ports(Plan& plan, const Settings& settings, std::vector<std::string>& errors) {
  const SessionSettings& said = settings.sessions;
  if (!said.enabled || said.ports.is_none()) return;
  const auto made = give_ports(plan, plan.sites.front(), said.ports, settings.edge.tls.is_on() ? 1 : 0);
  if (!made) errors.push_back(made.error().detail);
}

std::shared_ptr<Plan> plan_without_file(const EdgeSettings& edge, const ExchangeSettings& exchange,
                                        const SessionSettings& sessions, const std::string& folder) {
  auto plan = std::make_shared<Plan>();
  Site& site = plan->sites.emplace_back();
  Route& workers = add_workers(*plan, edge, exchange);
  workers.site = &site;
  bind_clients(site, workers, exchange.sticky);
  site.workers = &workers;
  serve_realms(*plan, site, exchange.wamp_path);
  if (sessions.enabled) add_circuits(*plan, site, sessions);
  if (!folder.empty()) add_folder(*plan, site, folder);
  add_listeners(*plan, edge, site);
  return plan;
}

// Sites of a file say later what else they want.
void add_log(Plan& plan, const ObserveSettings& observe) {
  plan.log = plan.log_at(observe.access_log, observe.access_format);
  for (Site& site : plan.sites) site.log = plan.log;
}

// A site may have taken the place that nobody asked the management listener to have.
bool wants_management(const Plan& plan, const ManagementSettings& management) {
  if (!management.enabled) return false;
  return std::none_of(plan.listeners.begin(), plan.listeners.end(), [&](const ListenerSpec& listener) {
    const ListenAddress where{listener.address, listener.port, listener.socket_path};
    return where == management.listen || is_in_the_way(where, management.listen);
  });
}

std::string read_sticky_key(const std::string& file, const ReadFile& read_file, std::vector<std::string>& errors) {
  if (file.empty()) return {};
  const auto content = read_file(file);
  if (!content) {
    errors.push_back("sticky_key_file: " + content.error().detail);
    return {};
  }
  std::string key(without_line_ends(*content));
  if (key.size() < kLeastStickyKey)
    errors.push_back("sticky_key_file: " + file + ": has " + std::to_string(key.size()) + " bytes; wants at least " +
                     std::to_string(kLeastStickyKey));
  return key;
}

// The one site without a file answers there, too.
void add_raw_sockets(Plan& plan, const std::vector<RawSocketListener>& listeners) {
  for (const RawSocketListener& said : listeners) {
    ListenerSpec spec = plan.listeners.front();
    spec.address = said.listen.address;
    spec.port = said.listen.port;
    spec.socket_path = said.listen.path;
    spec.language = Language::raw_socket;
    spec.raw_socket = RawSocketSpec{.authority = "", .path = said.path};
    spec.is_tls = false;
    spec.tls = {};
    plan.listeners.push_back(std::move(spec));
  }
}

}  // namespace

std::shared_ptr<const Plan> make_plan(const EdgeSettings& edge, const ExchangeSettings& exchange) {
  return plan_without_file(edge, exchange, {}, "");
}

PlanMaking make_plan(const Settings& settings, const ReadFile& read_file) {
  PlanMaking making;
  const bool has_sites = settings.file && settings.file->has_listeners();
  auto plan = has_sites ? std::make_shared<Plan>()
                        : plan_without_file(settings.edge, settings.exchange, settings.sessions, settings.files);
  if (!has_sites) add_raw_sockets(*plan, settings.raw_sockets);
  add_log(*plan, settings.observe);
  plan->sticky_key = read_sticky_key(settings.exchange.sticky_key_file, read_file, making.errors);
  SiteMaker maker(settings, read_file, *plan, making);
  if (has_sites)
    for (const SiteSettings& site : settings.file->sites) maker.add(site);
  if (settings.file)
    for (const TcpSettings& service : settings.file->tcp) maker.add_tcp(service);
  for (const TcpSettings& service : settings.tcp) maker.add_tcp(service);
  if (wants_management(*plan, settings.management)) maker.add_management(settings.management);
  maker.finish();
  if (!has_sites) add_ports(*plan, settings, making.errors);
  if (making.errors.empty()) making.plan = std::move(plan);
  return making;
}

}  // namespace zeroway
