#include "router/coordinator/router_facts.h"

#include <algorithm>

namespace zeroway {

namespace {

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

bool is_any(const std::string& address) { return address.empty() || address == "0.0.0.0" || address == "::"; }

std::string hostname_of(const AppProxySettings& said, const ManagementSettings& management,
                        const std::string& machine) {
  const CoordinatorSettings& coordinator = said.coordinator;
  if (!coordinator.advertised_host.empty()) return coordinator.advertised_host;
  const std::string& address = management.listen.address;
  if (management.enabled && management.listen.path.empty() && !is_any(address) && !is_loopback(address)) return address;
  return is_loopback(coordinator.target.host) ? "127.0.0.1" : machine;
}

// A listener that only this machine can reach is told only to a coordinator on this machine.
std::uint16_t api_port_of(const AppProxySettings& said, const ManagementSettings& management) {
  if (!management.enabled || !management.listen.path.empty()) return 0;
  const bool is_here = is_loopback(management.listen.address);
  return is_here && !is_loopback(said.coordinator.target.host) ? 0 : management.listen.port;
}

std::uint16_t port_of(const AppProxySettings& said) {
  if (said.coordinator.advertised_port != 0) return said.coordinator.advertised_port;
  const auto& all = said.site.listen;
  const auto found = std::find_if(all.begin(), all.end(), [](const ListenAddress& one) { return one.path.empty(); });
  return found == all.end() ? 0 : found->port;
}

}  // namespace

std::string RouterFacts::url() const {
  const bool is_v6 = hostname.find(':') != std::string::npos;
  const bool is_usual = port == 0 || port == (is_advertised_tls ? 443 : 80);
  return std::string(is_advertised_tls ? "https://" : "http://") + (is_v6 ? "[" + hostname + "]" : hostname) +
         (is_usual ? "" : ":" + std::to_string(port));
}

RouterFacts router_facts(const AppProxySettings& said, const ManagementSettings& management,
                         const std::string& machine) {
  RouterFacts facts;
  facts.authority = said.coordinator.authority.empty() ? machine : said.coordinator.authority;
  facts.hostname = hostname_of(said, management, machine);
  facts.port = port_of(said);
  facts.ports = said.site.sessions.ports;
  facts.api_port = api_port_of(said, management);
  facts.is_tls = said.site.ssl.enabled;
  facts.is_advertised_tls = said.coordinator.advertised_tls.value_or(facts.is_tls);
  for (const std::string& name : said.site.hostnames)
    if (name.starts_with("*.")) facts.domain = name.substr(2);
  return facts;
}

}  // namespace zeroway
