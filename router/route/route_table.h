// Which pool of workers serves a host and a path: the claims of the workers, and the one best match.
//
// Owner: the fabric keeps one per loop.   Thread: that loop.
// An exact host beats a wildcard, a longer wildcard beats a shorter one, and a wildcard beats "every host". Then the
// longest path wins. A claim of the path itself beats a claim of everything below its parent.
// Not here: which worker of the pool takes the stream (route/balance.h); what a member is (router/fabric/roster.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "proto/route_claim.h"
#include "router/route/by_text.h"

namespace zeroway {

using PoolId = std::uint32_t;
using MemberId = std::uint64_t;  // the caller's name for a worker

// The pool of the workers that serve every path of every host.
inline constexpr PoolId kOpenPool = 0;

class RouteTable {
 public:
  // The pools of `claim`; a pool that no worker has claimed before is made. A prefix has two pools: the path itself,
  // and all paths below it. So a worker that claims "/a" and a worker that claims only the paths below "/a" share the
  // second pool. A member is in a pool once, however often it claims that pool. Case of the host, its port, and a '/'
  // at the end of a prefix make no difference. A claim of everything is kOpenPool. `claim` is in its plain form
  // (proto/route_claim.h).
  std::vector<PoolId> add(MemberId member, const RouteClaim& claim);
  // Takes the member out of all its pools and returns the pools that are empty now. An empty pool still matches, so
  // that requests wait for a restarting worker and do not reach a wrong one, until drop().
  std::vector<PoolId> remove(MemberId member);
  // Forgets a pool and its claim if the pool is empty. kOpenPool stays.
  void drop(PoolId pool);

  // `authority` as in :authority, `path` as in :path (query and all). kOpenPool when no worker claimed anything closer.
  // No allocation.
  [[nodiscard]] PoolId match(std::string_view authority, std::string_view path) const;
  // How many bytes of the path the pool's claim names; 0 for kOpenPool.
  [[nodiscard]] std::size_t length(PoolId pool) const;
  // Good until the table changes; empty for an unknown pool.
  [[nodiscard]] const std::vector<MemberId>& members(PoolId pool) const;
  [[nodiscard]] std::size_t pool_count() const { return pools_.size(); }  // without kOpenPool, unless it was claimed

 private:
  // The claims at one path; kOpenPool = none.
  struct Node {
    PoolId exact = kOpenPool;
    PoolId below = kOpenPool;
  };
  // The claimed paths of one host: `below` paths without '/' at the end, `exact` paths unchanged.
  struct Paths {
    ByText<Node> nodes;
    std::size_t longest = 0;  // bounds the walk: a path of ten thousand slashes costs no more than its longest claim

    [[nodiscard]] PoolId match(std::string_view path) const;  // kOpenPool when there is none
    [[nodiscard]] PoolId below(std::string_view path) const;
  };
  enum class Part : bool { exact, below };
  struct Pool {
    std::string host, path;
    Part part = Part::below;
    std::vector<MemberId> members;
  };

  PoolId join(MemberId member, std::string_view host, std::string_view path, Part part);
  [[nodiscard]] PoolId match_host(std::string_view host, std::string_view path) const;

  ByText<Paths> hosts_;     // "" = every host; "*.example.com" is held as ".example.com"
  bool has_names_ = false;  // whether any host but "" was ever claimed
  std::map<PoolId, Pool> pools_;
  PoolId next_ = kOpenPool + 1;
};

}  // namespace zeroway
