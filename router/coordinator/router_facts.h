// What the router tells a coordinator of itself.
//
// Owner: CoordinatorClient; a value.   Thread: any.
// Not here: its JSON (coordinator/coordinator_json.h).
#pragma once
#include <cstdint>
#include <string>

#include "router/settings/sites.h"

namespace zeroway {

struct RouterFacts {
  std::string authority;
  std::string hostname;        // of the management listener and of the site
  std::string domain;          // SERVICE-SESSION.DOMAIN; "" = services have paths only
  std::uint16_t port = 0;      // of the site, as clients reach it
  PortRange ports{};           // that services have beside their paths
  std::uint16_t api_port = 0;  // of the management listener; 0 = the coordinator cannot reach it
  bool is_tls = false;         // the site speaks TLS
  bool is_advertised_tls = false;

  // Where clients begin.
  [[nodiscard]] std::string url() const;
};

// `machine`: this machine's name, for what the operator has not said. A coordinator on this machine is told a loopback
// address, as the management listener has one by default.
[[nodiscard]] RouterFacts router_facts(const AppProxySettings& said, const ManagementSettings& management,
                                       const std::string& machine);

}  // namespace zeroway
