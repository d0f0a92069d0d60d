// On what terms a client's request is taken: those that a site or a route may choose for itself.
//
// Owner: SiteSettings and RouteSettings.   Thread: any; never changed after the file was read.
// Not here: limits that hold before the site is known (HttpLimits in settings/settings.h).
#pragma once
#include <cstdint>

#include "router/settings/web_socket_settings.h"

namespace zeroway {

// The values of HttpLimits with these names. A site begins with the file's values, a route with its site's.
struct ClientTerms {
  std::uint64_t max_body = 0;
  Millis body_timeout{30'000};
  std::uint64_t body_rate = 240;
  WebSocketSettings web_sockets;

  bool operator==(const ClientTerms&) const = default;
};

}  // namespace zeroway
