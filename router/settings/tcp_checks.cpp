#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "router/settings/site_checks.h"

namespace zeroway {

namespace {

void check_weights(const SiteSettings& site, Reading& reading) {
  const auto& servers = site.proxy.members;
  const bool has_weight =
      servers.empty() || std::any_of(servers.begin(), servers.end(), [](const auto& one) { return one.weight > 0; });
  if (has_weight) return;
  reading.error(site.located.place_of("servers"),
                site.located.name_of("servers") + ": no server has a weight above 0: none would get a connection");
}

void check_names(const SiteSettings& site, Reading& reading) {
  if (site.hostname.empty() || site.ssl.enabled || site.passes_tls) return;
  reading.error(
      site.located.place_of("hostnames"),
      site.located.name_of("hostnames") + ": wants ssl or tls = \"pass\", too: without TLS no client says a name");
}

void check_tls(const SiteSettings& site, Reading& reading) {
  if (!site.passes_tls || !site.ssl.enabled) return check_ssl(site, reading);
  reading.error(site.located.place_of("tls"),
                site.located.name_of("tls") + " = \"pass\": the service has ssl, too; one of them");
}

// These keys are about servers.
void check_worker_keys(const TcpSettings& service, Reading& reading) {
  if (service.workers.empty()) return;
  for (const char* key : {"balance", "send_proxy", "close_on_down", "health_check"}) {
    if (!service.located.has(key)) continue;
    reading.warn(service.located.place_of(key),
                 service.located.name_of(key) + " changes nothing: workers answer, no servers");
  }
}

std::string kind_of(const SiteSettings& site) {
  return site.ssl.enabled ? "ends TLS here" : site.passes_tls ? "passes TLS on" : "has no TLS";
}

// A browser uses an HTTP/2 connection of one name for another name of the same certificate (RFC 9113 §9.1.1): its
// requests reach the first service, and only the servers can see it.
void warn_of_shared_connections(const std::vector<const SiteSettings*>& sites, const std::string& door,
                                Reading& reading) {
  const auto passes = [](const SiteSettings* site) { return site->passes_tls; };
  if (std::count_if(sites.begin(), sites.end(), passes) < 2) return;
  const auto first = std::find_if(sites.begin(), sites.end(), passes);
  reading.warn((*first)->located.place_of("tls"),
               (*first)->located.where + ": several services at " + door +
                   " pass TLS on: where servers of two of them have certificates for both names (a wildcard, too), "
                   "browsers send requests for one to the other; its servers must answer 421");
}

}  // namespace

void check_tcp(const TcpSettings& service, const SiteSettings& site, Reading& reading) {
  check_listen(site, reading);
  check_proxy_header(site, reading);
  check_tls(site, reading);
  if (site.ssl.enabled) check_auto_cert(site, reading);
  check_access(site, reading);
  check_log(site.log, reading);
  check_names(site, reading);
  check_weights(site, reading);
  for (const MemberSettings& server : site.proxy.members) check_tls_keys(server, reading);
  check_health(site.proxy.health, reading);
  check_worker_keys(service, reading);
}

void check_tcp_door(const std::vector<const SiteSettings*>& sites, const std::string& door, Reading& reading) {
  const SiteSettings* catch_all = nullptr;
  std::map<std::string, FilePlace> known;
  for (const SiteSettings* site : sites) {
    if (!site->is_tcp) continue;
    if (kind_of(*site) != kind_of(*sites.front()) && sites.front()->is_tcp)
      reading.error(listen_place(*site), listen_key(*site) + ": at " + door + " this service " + kind_of(*site) +
                                             "; that of " + Reading::line_of(sites.front()->located.place) + " " +
                                             kind_of(*sites.front()));
    if (site->hostname.empty() && catch_all != nullptr)
      reading.error(listen_place(*site), listen_key(*site) + ": " + door + " is taken: the service of " +
                                             Reading::line_of(catch_all->located.place) +
                                             " takes all names there; hostnames and TLS tell services apart");
    if (site->hostname.empty() && catch_all == nullptr) catch_all = site;
    std::vector<std::string> names = site->hostnames;
    if (!site->hostname.empty()) names.push_back(site->hostname);
    for (const std::string& name : names) {
      const FilePlace place = site->located.place_of("hostnames");
      const auto [first, is_new] = known.emplace(name, place);
      if (!is_new)
        reading.error(place, site->located.where + ": \"" + name + "\" at " + door +
                                 " is taken: " + Reading::line_of(first->second) + " has it, too");
    }
  }
  warn_of_shared_connections(sites, door, reading);
}

}  // namespace zeroway
