#include "router/plan/plan.h"

#include <algorithm>
#include <utility>

namespace zeroway {

namespace {

// Whether a claim of workers is longer than what the file has for the path.
bool do_workers_win(const Site& site, const PathTable<const Route*>::Found& found, bool is_found, std::string_view host,
                    std::string_view path, const ClaimLookup& claims) {
  if (site.workers == nullptr) return false;
  const auto claimed = claims.claimed(site.workers->backend, host, path);
  return claimed && (!is_found || *claimed > found.matched);
}

// Whether sessions of WAMP have the path: nobody else is named for it.
bool is_wamp(const Site& site, std::string_view host, std::string_view path, const ClaimLookup& claims) {
  return site.wamp != nullptr && path == site.wamp->path && claims.claimed(site.wamp->backend, host, path) &&
         !claims.claimed(site.workers->backend, host, path);
}

const Route* route_of_last_resort(const Site& site) {
  if (site.files != nullptr) return site.files;
  return site.is_open_pool_last ? site.workers : nullptr;
}

}  // namespace

const PoolSpec* servers_of(const BackendSpec& spec) {
  const auto* mixed = std::get_if<MixedSpec>(&spec);
  if (mixed == nullptr) return std::get_if<PoolSpec>(&spec);
  return mixed->servers.servers.empty() ? nullptr : &mixed->servers;
}

std::optional<AccessLog> Plan::log_at(const std::string& path, const LogFormat& format) {
  if (path.empty()) return std::nullopt;
  auto found = std::find(log_files.begin(), log_files.end(), path);
  if (found == log_files.end()) found = log_files.insert(found, path);
  return AccessLog{static_cast<std::size_t>(found - log_files.begin()), format};
}

Match Plan::match(const Site* site, std::string_view host, std::string_view path, std::string_view method,
                  const ClaimLookup& claims, Security security) {
  if (site == nullptr) return {nullptr, nullptr, Match::Miss::wrong_host};
  if (site->to_https != nullptr && security == Security::none) return {site, site->to_https};
  const std::string_view bare = path.substr(0, path.find('?'));
  if (is_wamp(*site, host, bare, claims)) return {site, site->wamp};
  if (site->routes.is_empty() && site->files == nullptr && site->is_open_pool_last && site->workers != nullptr)
    return {site, site->workers};  // whatever workers claim
  const auto found = site->routes.find(bare, method);
  const bool is_found = found.value != nullptr || found.is_wrong_method();
  if (do_workers_win(*site, found, is_found, host, path, claims)) return {site, site->workers};
  if (found.is_wrong_method()) return {site, nullptr, Match::Miss::wrong_method, found.allowed_methods()};
  const Route* route = found.value != nullptr ? *found.value : route_of_last_resort(*site);
  return {site, route, route == nullptr ? Match::Miss::no_route : Match::Miss::none};
}

}  // namespace zeroway
