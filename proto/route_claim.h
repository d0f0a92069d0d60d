// One claim of a worker: the hosts and the paths whose requests the worker serves, and how a claim is written.
//
// Owner: values.   Thread: any.
// Not here: which claim a request matches (router/route/route_table.h), the claims that a worker's handlers make
// (worker-sdk/src/worker_claims.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"

namespace zeroway {

// Which paths a claim's path stands for. Paths are cut at '/': "/api" never stands for "/apis".
enum class PathMatch : std::uint8_t {
  prefix,  // the path itself and every path below it
  exact,   // the path itself alone
  below,   // every path below it, not the path itself
};

struct RouteClaim {
  std::string host;  // "" = every host; "*.example.com" = every name below example.com
  std::string path;  // starts with '/'
  PathMatch match = PathMatch::prefix;

  bool operator==(const RouteClaim&) const = default;
};

[[nodiscard]] std::string_view path_match_name(PathMatch match);  // as HELLO says it: "prefix", "exact", "below"

// Returns the plain form of a claim that a user or a worker wrote as a handler pattern: host "*" is every host,
// "/api/*" is "/api" and every path below it, "/users/{id}" is every path below "/users". An exact path is not changed.
// On failure the detail names the host or the path and its error.
[[nodiscard]] Result<RouteClaim> read_claim(const RouteClaim& written);

// Whether the claim is every path of every host.
[[nodiscard]] bool is_everything(const RouteClaim& claim);

// The claim as a pattern, for people: "/todos" (exact), "/users/" (below), "shop.test/api/*" (prefix).
[[nodiscard]] std::string claim_text(const RouteClaim& claim);
// The first few claims: "/todos, /users/ and 7 more"; "everything" for a worker that claims nothing.
[[nodiscard]] std::string claims_text(const std::vector<RouteClaim>& claims);

}  // namespace zeroway
