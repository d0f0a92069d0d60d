// The coordinator that the router registers with, and what the router tells it of itself.
//
// Owner: settings; a value.   Thread: any.
// Not here: the site of the sessions (settings/sites.h: AppProxySettings), asking (router/coordinator).
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "router/settings/client_terms.h"
#include "router/settings/member_url.h"

namespace zeroway {

struct CoordinatorSettings {
  std::string url;  // "" = none
  MemberUrl target;
  std::string secret_file;            // what both show each other
  std::string authority;              // the router's name there; "" = this machine's
  std::string advertised_host;        // "" = see coordinator/router_facts.h
  std::uint16_t advertised_port = 0;  // 0 = where the site listens
  std::optional<bool> advertised_tls;
  Millis heartbeat{10'000};
  std::string ca_file;  // "" = the system's authorities
  bool verify = true;

  bool operator==(const CoordinatorSettings&) const = default;
};

}  // namespace zeroway
