// One claim of a worker: the hosts and the paths whose requests it serves, and how a claim is written.
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
  prefix,  // itself and everything below it
  exact,   // itself alone
  below,   // everything below it, not itself
};

struct RouteClaim {
  std::string host;  // "" = every host; "*.example.com" = every name below
  std::string path;  // starts with '/'
  PathMatch match = PathMatch::prefix;

  bool operator==(const RouteClaim&) const = default;
};

[[nodiscard]] std::string_view path_match_name(PathMatch match);  // as HELLO says it: "prefix", "exact", "below"

// A claim as a user or a worker wrote it, in the language of handlers' patterns, in its plain form: host "*" is every
// host, "/api/*" is "/api" and all below it, "/users/{id}" is what is below "/users". An exact path is taken as it is.
// Fails, and the detail names the host or the path and what is wrong with it.
[[nodiscard]] Result<RouteClaim> read_claim(const RouteClaim& written);

// Every path of every host.
[[nodiscard]] bool is_everything(const RouteClaim& claim);

// For people, as a pattern: "/todos" (exact), "/users/" (below), "shop.test/api/*" (prefix).
[[nodiscard]] std::string claim_text(const RouteClaim& claim);
// The first few of them: "/todos, /users/ and 7 more"; "everything" for a worker that claims nothing.
[[nodiscard]] std::string claims_text(const std::vector<RouteClaim>& claims);

}  // namespace zeroway
