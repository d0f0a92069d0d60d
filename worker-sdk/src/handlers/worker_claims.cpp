#include "worker_claims.h"

#include <algorithm>
#include <numeric>

#include "proto/limits.h"

namespace zeroway {

namespace {

constexpr std::size_t kRestOfHello = 1'024;  // bytes without routes, and rounded up
constexpr std::size_t kRestOfRoute = 48;     // bytes of JSON around a route's texts

// A HELLO cannot hold other characters, and a capture may stand for any text.
bool is_literal(std::string_view segment) {
  return std::all_of(segment.begin(), segment.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '{'; });
}

RouteClaim below(std::string_view path) {
  if (path.empty()) return {"", "/", PathMatch::prefix};
  return {"", std::string(path), PathMatch::below};
}

RouteClaim claim_of(std::string_view pattern) {
  const bool has_tail = pattern.ends_with("/*");
  const std::string_view path = has_tail ? pattern.substr(0, pattern.size() - 2) : pattern;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at + 1), path.size());
    if (!is_literal(path.substr(at, end - at))) return below(path.substr(0, at));
    at = end;
  }
  if (path.empty()) return below("");
  return {"", std::string(path), has_tail ? PathMatch::prefix : PathMatch::exact};
}

std::size_t size_in_hello(const RouteClaim& claim) {
  const auto is_escaped = [](char c) { return c == '"' || c == '\\'; };
  return kRestOfRoute + claim.path.size() +
         static_cast<std::size_t>(std::count_if(claim.path.begin(), claim.path.end(), is_escaped));
}

bool fits(const std::vector<RouteClaim>& claims) {
  const std::size_t size =
      std::accumulate(claims.begin(), claims.end(), kRestOfHello,
                      [](std::size_t sum, const RouteClaim& claim) { return sum + size_in_hello(claim); });
  return claims.size() <= kMaxRoutes && size <= kMaxControlSize;
}

std::ptrdiff_t depth_of(const RouteClaim& claim) { return std::count(claim.path.begin(), claim.path.end(), '/'); }

void remove_copies(std::vector<RouteClaim>& claims) {
  std::vector<RouteClaim> once;
  for (RouteClaim& claim : claims)
    if (std::find(once.begin(), once.end(), claim) == once.end()) once.push_back(std::move(claim));
  claims.swap(once);
}

// Replaces the deepest claims by one claim for each of their parents.
void merge_deepest(std::vector<RouteClaim>& claims) {
  std::ptrdiff_t deepest = 0;
  for (const RouteClaim& claim : claims) deepest = std::max(deepest, depth_of(claim));
  for (RouteClaim& claim : claims)
    if (depth_of(claim) == deepest) claim = below(std::string(claim.path, 0, claim.path.rfind('/')));
  remove_copies(claims);
}

bool claims_everything(const std::vector<RouteClaim>& claims) {
  return std::any_of(claims.begin(), claims.end(), is_everything);
}

}  // namespace

WorkerClaims stated_claims(const std::vector<ServedRoute>& routes) {
  WorkerClaims claims;
  for (const ServedRoute& route : routes)
    if (auto claim = read_claim({route.host, route.path})) claims.routes.push_back(std::move(*claim));
  remove_copies(claims.routes);
  // With further routes the worker shares those paths, too, and is not only in the open pool.
  if (claims.routes.size() == 1 && is_everything(claims.routes.front())) claims.routes.clear();
  return claims;
}

WorkerClaims handler_claims(const std::vector<std::string>& patterns) {
  WorkerClaims claims;
  for (const std::string& pattern : patterns) claims.routes.push_back(claim_of(pattern));
  remove_copies(claims.routes);
  const std::size_t count = claims.routes.size();
  while (!fits(claims.routes) && !claims_everything(claims.routes)) merge_deepest(claims.routes);
  const bool is_merged = claims.routes.size() != count;
  if (claims_everything(claims.routes)) claims.routes.clear();
  if (is_merged)
    claims.remark = "its handlers' " + std::to_string(count) + " paths are more than a HELLO holds (" +
                    std::to_string(kMaxRoutes) + ", 64 KiB): it claims " + claims_text(claims.routes);
  return claims;
}

}  // namespace zeroway
