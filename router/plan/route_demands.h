// What a route demands of a request besides its path and its method, and whether a client's network may ask.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: which route takes a request (router/plan/plan.h), logins and limits (router/access).
#pragma once
#include <optional>
#include <string_view>

#include "proto/error.h"
#include "router/plan/access_rules.h"
#include "router/plan/route.h"

namespace zeroway {

// What such demands are about.
struct RequestTraits {
  std::string_view path;  // canonical, without a query
  bool has_encoded_slash = false;
  bool is_web_socket = false;
  bool has_certificate = false;  // the client's
};

// Errors are the client's; the detail is for the operator.
[[nodiscard]] Result<> check_route_demands(const Route& route, const RequestTraits& request);
// `address`: numeric. A client without an address, of a unix socket, is in no network.
[[nodiscard]] std::optional<Error> judge_networks(const NetworkRule& rule, std::string_view address);

}  // namespace zeroway
