// Who may do what on a site or a route, as a file says it; each default is the documented one.
//
// Owner: SiteSettings and RouteSettings.   Thread: any; never changed after the file was read.
// Not here: what it means for a request (router/plan/access_rules.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "router/settings/file_place.h"
#include "router/settings/web_socket_settings.h"

namespace zeroway {

// [sites.rate_limit]. One of the two rates is said.
struct RateSettings {
  Located located;
  bool enabled = true;
  std::uint64_t requests_per_second = 0;
  std::uint64_t requests_per_minute = 0;
  std::uint64_t burst = 0;      // 0 = as many as the rate names
  std::string key = "address";  // or "header:FIELD", with the field in lower case, or "claim:NAME"
  std::uint32_t ipv4_prefix = 32;
  std::uint32_t ipv6_prefix = 64;
  bool headers = false;  // RateLimit on every reply

  bool operator==(const RateSettings&) const = default;
};

// A route begins with its site's values.
struct AccessSettings {
  std::vector<std::string> allow, deny;  // networks, or "all"; `deny` wins
  std::optional<RateSettings> rate;
  std::uint32_t max_open_requests = 0;  // 0 = any number
  std::uint32_t max_open_requests_per_address = 0;

  bool operator==(const AccessSettings&) const = default;
};

}  // namespace zeroway
