// Any claims and any request lines: the router's table and the worker's tree of patterns say the same as a slow and
// simple reading of their rules.
#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "router/route/route_table.h"
#include "worker-sdk/src/handlers/route_matcher.h"

using namespace zeroway;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// ---------------------------------------------------------------- router/route

std::string plain_host(std::string_view host) {
  const bool is_bare = host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  if (is_bare && std::count(host.begin(), host.end(), ':') > 1) {
    return host.size() > 253 ? "" : plain_host("[" + std::string(host) + "]");
  }
  host = host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string name(host.size() > 255 ? "" : host);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name;
}

std::string without_query(std::string_view path) { return std::string(path.substr(0, path.find_first_of("?#"))); }

std::string without_slash(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

// A path itself, or what is below it.
struct Claimed {
  std::string host, path;
  bool is_exact;
  PoolId pool;

  // How specific the host's match is, or nothing: "" < "*.test" < "*.a.test" < "a.test".
  [[nodiscard]] std::size_t host_rank(const std::string& asked) const {
    if (host.empty()) return 1;
    if (host.starts_with('.')) return asked.size() > host.size() && asked.ends_with(host) ? 1 + host.size() : 0;
    return host == asked ? 1'000 : 0;
  }
  [[nodiscard]] bool holds(const std::string& asked) const {
    if (is_exact) return asked == path;
    return path.empty() || asked.starts_with(path + '/');  // of "*" too
  }
};

PoolId match_slowly(const std::vector<Claimed>& claims, std::string_view authority, std::string_view path) {
  const std::string host = plain_host(authority), asked = without_query(path);
  const Claimed* best = nullptr;
  for (const Claimed& claim : claims) {
    if (claim.host_rank(host) == 0 || !claim.holds(asked)) continue;
    const auto rank = [&](const Claimed& one) {
      return std::tuple(one.host_rank(host), one.is_exact, one.path.size());
    };
    if (best == nullptr || rank(claim) > rank(*best)) best = &claim;
  }
  return best == nullptr ? kOpenPool : best->pool;
}

void check_table(const std::vector<std::string>& lines, std::string_view authority, std::string_view path) {
  RouteTable table;
  std::vector<Claimed> claims;
  MemberId member = 0;
  for (const std::string& line : lines) {
    const std::size_t slash = std::min(line.find('/'), line.size());
    RouteClaim claim{line.substr(0, slash), line.substr(slash)};
    if (claim.path.ends_with('=')) claim.match = PathMatch::exact;
    if (claim.path.ends_with('>')) claim.match = PathMatch::below;
    if (claim.match != PathMatch::prefix) claim.path.pop_back();
    if (!claim.path.starts_with('/')) claim = {claim.host, "/"};
    std::string host = plain_host(claim.host);
    if (host.starts_with("*.")) host.erase(0, 1);
    const std::string below = without_slash(without_query(claim.path));
    const std::vector<PoolId> pools = table.add(++member, claim);
    demand(pools.size() == (claim.match == PathMatch::prefix && !below.empty() ? 2 : 1));
    for (const PoolId pool : pools)
      demand(std::count(table.members(pool).begin(), table.members(pool).end(), member) == 1);
    if (claim.match == PathMatch::exact) {
      claims.push_back({host, claim.path, true, pools.back()});
    } else if (pools.back() != kOpenPool) {
      claims.push_back({host, below, false, pools.back()});
    }
    if (pools.size() == 2) claims.push_back({host, below, true, pools.front()});
  }
  demand(table.match(authority, path) == match_slowly(claims, authority, path));
  for (; member > 0; --member) {
    for (const PoolId empty : table.remove(member)) table.drop(empty);
  }
  demand(table.match(authority, path) == kOpenPool && table.pool_count() <= 1);
}

// ---------------------------------------------------------------- worker-sdk

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "*" && i + 1 == pattern.size()) return true;
    if (i >= path.size()) return false;
    if (pattern[i].starts_with('{') ? path[i].empty() : pattern[i] != path[i]) return false;
  }
  return pattern.size() == path.size();
}

void check_matcher(const std::vector<std::string>& patterns, const std::string& path) {
  RouteMatcher matcher;
  std::vector<std::string> added;
  for (const std::string& pattern : patterns) {
    try {
      matcher.add("GET", pattern, static_cast<std::uint32_t>(added.size()));
      added.push_back(pattern);
    } catch (const std::invalid_argument&) {
      continue;
    }
  }
  RouteMatch match;
  matcher.find("GET", path, match);
  const auto asked = split(path, '/');
  const bool is_path = path.starts_with('/');
  const bool is_expected = std::any_of(added.begin(), added.end(), [&](const std::string& pattern) {
    return is_path ? matches(split(pattern, '/'), asked) : pattern == "/*";
  });
  demand((match.found == RouteMatch::Found::yes) == is_expected);
  demand(matcher.allowed(path) == (is_expected ? "GET, HEAD" : ""));
  if (!is_expected) return;
  const std::string& found = added.at(match.handler);
  demand(is_path ? matches(split(found, '/'), asked) : found == "/*");
  demand(match.names->size() <= kMaxCaptures);
  for (std::size_t i = 0; i < match.names->size(); ++i) {
    const RouteMatch::Span span = match.captures[i];
    demand(span.size > 0 && path.substr(span.begin, span.size).find('/') == std::string::npos);
    demand(std::size_t{span.begin} + span.size <= path.size());
  }
  demand(std::size_t{match.rest.begin} + match.rest.size <= path.size());
  matcher.find("PUT", path, match);
  demand(match.found == RouteMatch::Found::other_method);
}

}  // namespace

// First the authority, then the path, then a claim or a pattern a line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 2'000) return 0;
  std::vector<std::string> lines = split({reinterpret_cast<const char*>(data), size}, '\n');
  if (lines.size() < 3) return 0;
  const std::string authority = lines[0], path = lines[1];
  lines.erase(lines.begin(), lines.begin() + 2);
  check_table(lines, authority, path);
  check_matcher(lines, path);
  return 0;
}
