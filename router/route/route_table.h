// Which pool of workers serves a host and a path: what workers claimed, and the one best match.
//
// Owner: the fabric keeps one per loop.   Thread: that loop.
// An exact host beats a wildcard (the longer first), a wildcard beats any host; then the longest path wins, and of a
// path itself and what is below its parent, the path itself.
// Not here: who of the pool takes the stream (route/balance.h); what a member is (router/fabric/roster.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proto/route_claim.h"

namespace zeroway {

using PoolId = std::uint32_t;
using MemberId = std::uint64_t;  // the caller's name for a worker

// The pool of the workers that serve every path of every host.
inline constexpr PoolId kOpenPool = 0;

class RouteTable {
 public:
  // The pools of `claim`, made when nobody claimed them before: one, or for a prefix two, its path itself and what is
  // below it; so a worker that claims "/a" and one that claims only what is below "/a" share that. A member is in a
  // pool once however often it claims it. Case of the host, its port, and a '/' at the end of a prefix make no
  // difference. A claim of everything is kOpenPool. `claim` is in its plain form (proto/route_claim.h).
  std::vector<PoolId> add(MemberId member, const RouteClaim& claim);
  // Takes the member out of all its pools and says which of them are empty now. An empty pool still matches, so that
  // requests wait for a restarting worker and do not reach a wrong one, until drop().
  std::vector<PoolId> remove(MemberId member);
  // Forgets a pool, and what it claimed, if it is empty. kOpenPool stays.
  void drop(PoolId pool);

  // `authority` as in :authority, `path` as in :path (query and all). kOpenPool when nothing closer is claimed. No
  // allocation.
  [[nodiscard]] PoolId match(std::string_view authority, std::string_view path) const;
  // Good until the table changes; empty for an unknown pool.
  [[nodiscard]] const std::vector<MemberId>& members(PoolId pool) const;
  [[nodiscard]] std::size_t pool_count() const { return pools_.size(); }  // without kOpenPool, unless it was claimed

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class Value>
  using ByText = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  // The claims at one path; kOpenPool = none.
  struct Node {
    PoolId exact = kOpenPool;
    PoolId below = kOpenPool;
  };
  // The claimed paths of one host: below() ones without '/' at the end, exact ones as they are.
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
