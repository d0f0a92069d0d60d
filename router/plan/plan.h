// What the operator's wishes mean: where clients come in, which route a request takes, and which backends there are.
//
// Owner: shared by all loops, and by the exchanges that began under it.   Thread: any; never changed once it is made.
// A router without a file has a plan too: one listener, one site, one route to the fabric.
// Not here: reading files (router/settings), sockets (router/edge), backends as objects
// (router/exchange/plan_in_use.h).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/plan/route.h"
#include "router/settings/settings.h"

namespace zeroway {

// Where clients come in, and what holds for all their connections.
struct ListenerSpec {
  std::string address;     // numeric or a host's name; "" = every address, IPv6 and IPv4
  std::uint16_t port = 0;  // 0 = any free port
  bool is_tls = false;
  TlsSettings tls;  // with is_tls; its port is not used
  HttpLimits limits;
  WebSocketSettings web_sockets;

  // Whether both are served by one socket, so that a change from one to the other needs no bind.
  [[nodiscard]] bool is_same_socket(const ListenerSpec& other) const {
    return address == other.address && port == other.port && is_tls == other.is_tls;
  }
};

// Which backend is to be built. Two equal specifications are one backend, also across plans.
struct BackendSpec {
  bool operator==(const BackendSpec&) const = default;
};

struct Plan {
  std::vector<ListenerSpec> listeners;  // at least one
  std::vector<BackendSpec> backends;
  Route everything;  // the route of every request

  // The route of a request that came in at `listener`, or null when nobody serves it. `path` is the whole path with its
  // query.
  [[nodiscard]] const Route* match(const ListenerSpec& listener, std::string_view host, std::string_view path) const;
};

// The plan of a router that has no file.
[[nodiscard]] std::shared_ptr<const Plan> make_plan(const EdgeSettings& edge, const ExchangeSettings& exchange);

}  // namespace zeroway
