// What a route demands of a request that it takes by its path and method, and networks of a client's address.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: which route takes a request (router/plan/plan.h), logins and limits (router/access).
#pragma once
#include <optional>
#include <string_view>

#include "proto/error.h"
#include "router/plan/access_rules.h"
#include "router/plan/route.h"
#include "router/plan/site.h"

namespace zeroway {

// What such demands are about.
struct RequestTraits {
  std::string_view path;  // canonical, without a query
  bool has_encoded_slash = false;
  bool is_web_socket = false;
  bool has_certificate = false;
  std::string_view client_authorities{};  // of the TLS handshake's site; see Site::client_authorities
};

// Errors are the client's; the detail is for the operator.
[[nodiscard]] Result<> check_route_demands(const Route& route, const RequestTraits& request);
// RFC 6066 §11.1, RFC 9110 §15.5.20. Sites that ask for no certificate share connections: browsers use one HTTP/2
// connection for all names of a certificate.
[[nodiscard]] Result<> check_site_demands(const Site& site, const RequestTraits& request);
// `address`: numeric. A client without an address, of a unix socket, is in no network.
[[nodiscard]] std::optional<Error> judge_networks(const NetworkRule& rule, std::string_view address);

}  // namespace zeroway
