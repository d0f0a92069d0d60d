#include "router/plan/route_demands.h"

#include <string>
#include <utility>

#include "router/route/canonical_path.h"
#include "router/route/ip_address.h"

namespace zeroway {

namespace {

Error clients(Code code, std::string detail) { return {Fault::client, code, false, std::move(detail)}; }

}  // namespace

Result<> check_route_demands(const Route& route, const RequestTraits& request) {
  if (route.requires_certificate && !request.has_certificate)
    return clients(Code::denied, "no client certificate, on a route with client_certificate = true");
  if (request.is_web_socket && !route.takes_web_sockets)
    return clients(Code::no_web_socket, "a WebSocket on a route without websocket = true");
  if (request.has_encoded_slash && !route.takes_encoded_slashes)
    return clients(Code::bad_request, "%2F or %5C in the path, on a route with encoded_slashes = \"refuse\"");
  if (!route.takes_unclear_paths && has_unclear_segments(request.path))
    return clients(Code::bad_request,
                   "// or a segment as ..; in the path, on a site whose routes have rules of access");
  return {};
}

std::optional<Error> judge_networks(const NetworkRule& rule, std::string_view address) {
  if (rule.is_empty()) return std::nullopt;
  const auto read = read_ip_address(address);
  if (read && rule.deny.contains(*read)) return clients(Code::denied, std::string(address) + " is in deny");
  const bool is_allowed = rule.allow.is_empty() || (read && rule.allow.contains(*read));
  if (is_allowed) return std::nullopt;
  return clients(Code::denied, std::string(address) + " is not in allow");
}

}  // namespace zeroway
