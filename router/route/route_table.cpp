#include "router/route/route_table.h"

#include <algorithm>

#include "router/route/host_name.h"

namespace zeroway {

namespace {

std::string_view without_query(std::string_view path) { return path.substr(0, path.find_first_of("?#")); }

std::string_view without_slash(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

}  // namespace

PoolId RouteTable::Paths::below(std::string_view path) const {
  const auto found = nodes.find(path);
  return found == nodes.end() ? kOpenPool : found->second.below;
}

PoolId RouteTable::Paths::match(std::string_view path) const {
  if (path.size() <= longest) {
    if (const auto found = nodes.find(path); found != nodes.end() && found->second.exact != kOpenPool)
      return found->second.exact;
  }
  // A claim ends where a segment ends: shorten by whole segments until one is claimed.
  for (std::size_t slash = path.rfind('/', longest); slash != std::string_view::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    if (const PoolId pool = below(path.substr(0, slash)); pool != kOpenPool) return pool;
  }
  return below("");  // of "*" too
}

PoolId RouteTable::match_host(std::string_view host, std::string_view path) const {
  const auto found = hosts_.find(host);
  return found == hosts_.end() ? kOpenPool : found->second.match(path);
}

PoolId RouteTable::match(std::string_view authority, std::string_view path) const {
  if (hosts_.empty()) return kOpenPool;
  path = without_query(path);
  if (has_names_) {
    const HostName name(authority);
    const std::string_view host = name.text();
    if (!host.empty() && !host.starts_with('.')) {
      if (const PoolId pool = match_host(host, path); pool != kOpenPool) return pool;
    }
    for (std::size_t dot = host.find('.', 1); dot != std::string_view::npos; dot = host.find('.', dot + 1)) {
      if (const PoolId pool = match_host(host.substr(dot), path); pool != kOpenPool) return pool;
    }
  }
  return match_host("", path);
}

std::vector<PoolId> RouteTable::add(MemberId member, const RouteClaim& claim) {
  const HostName name(claim.host);
  std::string_view host = name.text();
  if (host.starts_with("*.")) host.remove_prefix(1);
  if (claim.match == PathMatch::exact) return {join(member, host, claim.path, Part::exact)};
  const std::string_view path = without_slash(without_query(claim.path));
  const PoolId below = join(member, host, path, Part::below);
  if (claim.match == PathMatch::below || path.empty()) return {below};
  return {join(member, host, path, Part::exact), below};
}

PoolId RouteTable::join(MemberId member, std::string_view host, std::string_view path, Part part) {
  PoolId pool = kOpenPool;
  if (!host.empty() || !path.empty()) {
    Paths& paths = hosts_[std::string(host)];
    Node& node = paths.nodes[std::string(path)];
    PoolId& known = part == Part::exact ? node.exact : node.below;
    if (known == kOpenPool) known = next_++;
    paths.longest = std::max(paths.longest, path.size());
    has_names_ = has_names_ || !host.empty();
    pool = known;
  }
  const auto [at, is_new] = pools_.try_emplace(pool, Pool{std::string(host), std::string(path), part, {}});
  std::vector<MemberId>& members = at->second.members;
  if (std::find(members.begin(), members.end(), member) == members.end()) members.push_back(member);
  return pool;
}

std::vector<PoolId> RouteTable::remove(MemberId member) {
  std::vector<PoolId> empty;
  for (auto& [id, pool] : pools_) {
    const bool was_in_it = std::erase(pool.members, member) > 0;
    if (was_in_it && pool.members.empty()) empty.push_back(id);
  }
  return empty;
}

void RouteTable::drop(PoolId pool) {
  const auto at = pools_.find(pool);
  if (pool == kOpenPool || at == pools_.end() || !at->second.members.empty()) return;
  const Pool& gone = at->second;
  const auto host = hosts_.find(gone.host);
  const auto node = host->second.nodes.find(gone.path);
  (gone.part == Part::exact ? node->second.exact : node->second.below) = kOpenPool;
  if (node->second.exact == kOpenPool && node->second.below == kOpenPool) host->second.nodes.erase(node);
  if (host->second.nodes.empty()) hosts_.erase(host);
  pools_.erase(at);
}

std::size_t RouteTable::length(PoolId pool) const {
  const auto found = pools_.find(pool);
  return found == pools_.end() ? 0 : found->second.path.size();
}

const std::vector<MemberId>& RouteTable::members(PoolId pool) const {
  static const std::vector<MemberId> nobody;
  const auto at = pools_.find(pool);
  return at == pools_.end() ? nobody : at->second.members;
}

}  // namespace zeroway
