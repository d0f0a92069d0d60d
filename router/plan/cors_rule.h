// Which pages of other origins may read the replies of a site (CORS, Fetch §3.2).
//
// Owner: the site's rules of access; immutable.   Thread: any.
// Origins are compared as browsers write them, scheme, host and port; there are no patterns.
// Not here: the fields of the reply (router/access/cors.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/head.h"

namespace zeroway {

struct CorsRule {
  std::vector<std::string> origins;
  bool takes_all = false;  // every origin; never with credentials
  bool credentials = false;
  std::string methods;  // values of fields, as lists; "" = no field
  std::string headers;
  std::string exposed;
  std::optional<std::uint32_t> max_age;  // seconds

  // Whether a page of the request's origin may read the reply. Not without an origin, and not with two of them.
  [[nodiscard]] bool allows(const Head& request) const;

  bool operator==(const CorsRule&) const = default;
};

// Whether a browser asks if it may send another request: OPTIONS with Origin and Access-Control-Request-Method. Another
// OPTIONS is a request like any other.
[[nodiscard]] bool is_preflight(const Head& request);

}  // namespace zeroway
