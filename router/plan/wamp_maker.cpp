#include "router/plan/wamp_maker.h"

#include <algorithm>
#include <utility>

#include "router/plan/server_of.h"
#include "router/plan/wamp_auth_maker.h"

namespace zeroway {

namespace {

// One server, which is dialled for each session: when it is out, the next session finds out whether it is back.
PoolSpec pool_of(const WampBackendSettings& said) {
  MemberSettings member;
  member.target = said.target;
  member.ca_file = said.ca_file;
  member.server_name = said.server_name;
  member.verify = said.verify;
  member.client_cert = said.client_cert;
  member.client_key = said.client_key;
  PoolSpec pool;
  pool.name = said.realm.empty() ? "wamp" : "realm " + said.realm;
  const bool is_raw = said.transport == WampBackendSettings::Transport::raw_socket;
  pool.servers.push_back(is_raw ? tunnel_server_of(member) : server_of(member));
  pool.health.fail_open = true;
  pool.times = {said.connect_timeout, std::chrono::milliseconds(0), std::chrono::milliseconds(0)};
  pool.queue_timeout = said.connect_timeout;
  return pool;
}

RealmSpec realm_of(const WampBackendSettings& said) {
  RealmSpec realm;
  realm.realm = said.realm;
  realm.transport = said.transport == WampBackendSettings::Transport::raw_socket ? RealmSpec::Transport::raw_socket
                                                                                 : RealmSpec::Transport::web_socket;
  realm.pool = pool_of(said);
  realm.host = said.host;
  realm.path = said.path;
  realm.serializers = said.serializers;
  realm.most = said.max_message_size;
  return realm;
}

}  // namespace

WampSpec make_wamp(const RouteSettings& said) {
  WampSpec spec;
  spec.serializers = said.wamp.serializers;
  spec.requires_subprotocol = said.wamp.require_subprotocol;
  spec.has_workers = said.wamp.workers;
  spec.has_status_page = said.wamp.status_page;
  spec.most = said.terms.web_sockets.max_message_size;
  for (const WampBackendSettings& backend : said.wamp.backends) spec.realms.push_back(realm_of(backend));
  if (said.wamp.auth) spec.auth = make_wamp_auth(*said.wamp.auth);
  return spec;
}

void serve_realms(Plan& plan, Site& site, const std::string& path) {
  if (path.empty()) return;
  WampSpec spec;
  spec.most = site.workers->web_sockets.max_message_size;
  Route& route = plan.routes.emplace_back(*site.workers);
  const auto same = std::find(plan.backends.begin(), plan.backends.end(), BackendSpec(spec));
  route.backend = static_cast<std::size_t>(same - plan.backends.begin());
  if (same == plan.backends.end()) plan.backends.emplace_back(std::move(spec));
  route.path = path;
  route.backend_name = "wamp";
  route.tells_worker = false;
  site.wamp = &route;
}

}  // namespace zeroway
