#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "proto/control.h"
#include "router/settings/description_wamp.h"
#include "router/settings/limits.h"
#include "router/settings/nearest_word.h"
#include "router/settings/site_checks.h"

namespace zeroway {

namespace {

using Pools = std::map<std::string, std::vector<const MemberSettings*>>;

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

Pools pools_of(const ProxySettings& proxy) {
  Pools pools;
  for (const MemberSettings& member : proxy.members) pools[member.name].push_back(&member);
  return pools;
}

}  // namespace

void check_tls_keys(const MemberSettings& member, Reading& reading) {
  const Located& located = member.located;
  if (member.target.scheme != MemberScheme::https && member.target.scheme != MemberScheme::tls) {
    for (const char* key : {"ca_file", "server_name", "client_cert", "client_key"}) {
      if (!located.has(key)) continue;
      reading.warn(located.place_of(key),
                   located.name_of(key) + " changes nothing: " + quoted(member.url) + " has no TLS");
    }
    return;
  }
  if (!member.verify) {
    reading.warn(
        located.place_of("verify"),
        located.name_of("verify") + " = false: whoever is in between can read and change requests to " + member.url);
  }
  if (member.client_cert.empty() == member.client_key.empty()) return;
  const char* there = member.client_key.empty() ? "client_cert" : "client_key";
  const char* missing = member.client_key.empty() ? "client_key" : "client_cert";
  reading.error(located.place_of(there),
                located.name_of(there) + ": wants " + std::string(located.called(missing)) + ", too");
}

namespace {

void check_member(const MemberSettings& member, Reading& reading) {
  const Located& located = member.located;
  if (is_fabric_name(member.name)) {
    reading.error(located.place_of("name"), located.name_of("name") + " = " + quoted(member.name) +
                                                ": is what routes call workers; wants another name");
  }
  if (member.url.empty()) return;
  check_tls_keys(member, reading);
  if (member.target.scheme == MemberScheme::fabric && member.proxy_protocol != ProxyProtocol::off) {
    reading.error(located.place_of("proxy_protocol"),
                  located.name_of("proxy_protocol") + ": workers take no PROXY header");
  }
}

void check_weights(const std::vector<const MemberSettings*>& members, Reading& reading) {
  const bool has_traffic =
      std::any_of(members.begin(), members.end(), [](const MemberSettings* member) { return member->weight > 0; });
  if (has_traffic) return;
  const MemberSettings& first = *members.front();
  reading.error(first.located.place_of("weight"), first.located.name_of("weight") + " = 0: all members of the pool " +
                                                      quoted(first.name) + " have weight 0; one must have more");
}

std::string known_pools(const Pools& pools) {
  std::string all;
  for (const auto& [name, members] : pools) all += name + ", ";
  return all + "fabric, fabric:GROUP";
}

void check_pool_name(const RouteSettings& route, const Pools& pools, Reading& reading) {
  const Located& located = route.located;
  const std::string key = located.name_of("upstream") + " = " + quoted(route.pool);
  if (is_fabric_name(route.pool)) {
    const std::string group = route.pool.substr(std::min<std::size_t>(route.pool.size(), 7));
    if (group.empty() || is_group_name(group)) return;
    return reading.error(located.place_of("upstream"), key + ": '" + group + "' is no name of a group");
  }
  if (pools.contains(route.pool)) return;
  std::vector<std::string> names;
  for (const auto& [name, members] : pools) names.push_back(name);
  const std::string nearest = nearest_word(route.pool, names);
  reading.error(located.place_of("upstream"), key + ": no upstream has this name; wants one of " + known_pools(pools) +
                                                  (nearest.empty() ? "" : "; is " + quoted(nearest) + " meant?"));
}

// "$$" is a dollar.
bool names_first_part(const std::string& to) {
  for (std::size_t at = 0; at + 1 < to.size(); at += to[at] == '$' ? 2 : 1)
    if (to[at] == '$' && to[at + 1] == '1') return true;
  return false;
}

void check_redirect(const RouteSettings& route, Reading& reading) {
  const Located& located = route.located;
  for (const char* key : {"upstream", "strip_prefix", "rewrite_target", "rewrite_location", "rewrite_cookie_path",
                          "websocket", "balance"}) {
    if (!located.has(key)) continue;
    reading.error(located.place_of(key), located.name_of(key) + ": the route has a redirect, too; one of them");
  }
  if (!names_first_part(route.redirect->to) || !route.redirect->pattern.empty()) return;
  reading.error(route.redirect->located.place_of("to"),
                route.redirect->located.name_of("to") + " = " + quoted(route.redirect->to) + ": $1 wants a pattern");
}

// Sessions go to whoever has their realm.
void check_wamp_route(const RouteSettings& route, Reading& reading) {
  for (const char* key : {"upstream", "tunnel", "sticky_sessions"})
    if (route.located.has(key))
      reading.error(
          route.located.place_of(key),
          route.located.name_of(key) + ": the route is of wamp, whose sessions go to whoever has their realm");
  check_wamp(route, reading);
}

void check_route(const RouteSettings& route, const Pools& pools, Reading& reading) {
  const Located& located = route.located;
  if (route.redirect) return check_redirect(route, reading);
  if (route.wamp.enabled) return check_wamp_route(route, reading);
  if (route.pool.empty() && !located.has("upstream")) {
    return reading.error(located.place, located.name_of("upstream") + " is missing: wants one of " +
                                            known_pools(pools) + "; or a redirect, or wamp");
  }
  if (!route.pool.empty()) check_pool_name(route, pools, reading);
  if (route.strip_prefix && route.rewrite_target) {
    reading.warn(located.place_of("strip_prefix"),
                 located.name_of("strip_prefix") + " changes nothing: rewrite_target replaces the whole path");
  }
}

// Bytes go to servers of bytes, and requests to servers of requests.
void check_tunnel(const RouteSettings& route, const Pools& pools, Reading& reading) {
  const Located& located = route.located;
  const auto pool = pools.find(route.pool);
  if (route.tunnel && !route.redirect && located.has("websocket") && !route.websocket)
    reading.error(located.place_of("websocket"),
                  located.name_of("websocket") + ": the route is a tunnel, whose clients open WebSockets");
  if (pool == pools.end()) return;
  for (const MemberSettings* member : pool->second) {
    const MemberScheme scheme = member->target.scheme;
    const bool is_tcp = scheme == MemberScheme::tcp || scheme == MemberScheme::tls;
    const bool has_both = scheme == MemberScheme::fabric || scheme == MemberScheme::unix_socket;
    const bool fits = has_both || is_tcp == route.tunnel || member->url.empty();
    if (fits) continue;
    return reading.error(
        located.place_of("upstream"),
        located.name_of("upstream") + " = " + quoted(route.pool) + ": " + member->url +
            (is_tcp ? " takes bytes: wants tunnel = true in the route"
                    : " takes requests, and tunnel = true wants servers with tcp://, tls:// or unix:"));
  }
}

bool share_a_method(const RouteSettings& one, const RouteSettings& other) {
  if (one.methods.empty() || other.methods.empty()) return one.methods.empty() && other.methods.empty();
  return std::find_first_of(one.methods.begin(), one.methods.end(), other.methods.begin(), other.methods.end()) !=
         one.methods.end();
}

// "/api/" and "/api" match the same requests.
std::string prefix_of(const RouteSettings& route) {
  const bool has_slash = route.path.size() > 1 && route.path.ends_with('/');
  return has_slash ? route.path.substr(0, route.path.size() - 1) : route.path;
}

void check_paths(const ProxySettings& proxy, Reading& reading) {
  std::map<std::string, std::vector<const RouteSettings*>> known;
  for (const RouteSettings& route : proxy.routes) {
    auto& same = known[prefix_of(route)];
    const auto first = std::find_if(same.begin(), same.end(),
                                    [&](const RouteSettings* other) { return share_a_method(route, *other); });
    if (first != same.end() && !route.path.empty()) {
      reading.error(route.located.place_of("path"),
                    route.located.name_of("path") + " = " + quoted(route.path) + " is taken: the route of " +
                        Reading::line_of((*first)->located.place) + " has the same path and methods");
    }
    same.push_back(&route);
  }
}

void check_use(const ProxySettings& proxy, const Pools& pools, Reading& reading) {
  std::set<std::string> used;
  for (const RouteSettings& route : proxy.routes) used.insert(route.pool);
  for (const auto& [name, members] : pools) {
    if (used.contains(name) || name.empty()) continue;
    const Located& located = members.front()->located;
    reading.warn(located.place_of("name"),
                 located.name_of("name") + " = " + quoted(name) + ": no route names this pool");
  }
}

}  // namespace

void check_health(const HealthSettings& health, Reading& reading) {
  if (health.enabled && health.timeout > health.interval) {
    reading.error(health.located.place_of("timeout"), health.located.name_of("timeout") +
                                                          ": wants at most the interval, " +
                                                          std::to_string(health.interval.count()) + " ms");
  }
  if (health.back_off > kMostBackOff) {
    reading.error(health.located.place_of("back_off"),
                  health.located.name_of("back_off") + ": wants at most a minute: it doubles up to that");
  }
}

void check_proxy(const SiteSettings& site, Reading& reading) {
  const ProxySettings& proxy = site.proxy;
  const Pools pools = pools_of(proxy);
  const bool is_empty = proxy.members.empty() && proxy.routes.empty();
  if (proxy.enabled && is_empty) {
    reading.error(proxy.located.place_of("enabled"),
                  proxy.located.name_of("enabled") + ": there is no upstream and no route");
  }
  if (!proxy.enabled && !is_empty) {
    reading.warn(proxy.located.place, proxy.located.where + ": enabled is not true: its routes are not served");
  }
  for (const MemberSettings& member : proxy.members) check_member(member, reading);
  for (const auto& [name, members] : pools) check_weights(members, reading);
  for (const RouteSettings& route : proxy.routes) {
    check_route(route, pools, reading);
    check_tunnel(route, pools, reading);
  }
  check_paths(proxy, reading);
  check_use(proxy, pools, reading);
  check_health(proxy.health, reading);
}

}  // namespace zeroway
