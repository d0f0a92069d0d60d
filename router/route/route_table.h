// Which pool of workers serves a host and a path: what workers claimed, and the one best match.
//
// Owner: the fabric keeps one per loop.   Thread: that loop.
// An exact host beats a wildcard (the longer first), a wildcard beats any host; then the longest path prefix wins.
// Not here: who of the pool takes the stream (route/balance.h); what a member is (router/fabric/roster.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proto/control.h"

namespace zeroway {

using PoolId = std::uint32_t;
using MemberId = std::uint64_t;  // the caller's name for a worker

// Who claims nothing serves everything that nobody claims.
inline constexpr PoolId kOpenPool = 0;

class RouteTable {
 public:
  // The pool of `claim`, made when nobody claimed it before; the member is in it once however often it claims it. Case
  // of the host, its port and a trailing '/' of the path make no difference. A claim of every path on every host is
  // kOpenPool.
  PoolId add(MemberId member, const RouteClaim& claim);
  // Takes the member out of all its pools and says which of them are empty now. An empty pool still matches, so that
  // requests wait for a restarting worker and do not reach a wrong one, until drop().
  std::vector<PoolId> remove(MemberId member);
  // Forgets a pool, and what it claimed, if it is empty. kOpenPool stays.
  void drop(PoolId pool);

  // `authority` as in :authority, `path` as in :path (query and all). No allocation.
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

  // The claimed paths of one host, without trailing '/'.
  struct Paths {
    ByText<PoolId> pools;
    std::size_t longest = 0;  // bounds the walk: a path of ten thousand slashes costs no more than its longest claim

    [[nodiscard]] PoolId match(std::string_view path) const;  // kOpenPool when there is none
  };
  struct Pool {
    std::string host, path;
    std::vector<MemberId> members;
  };

  [[nodiscard]] PoolId match_host(std::string_view host, std::string_view path) const;

  ByText<Paths> hosts_;     // "" = every host; "*.example.com" is held as ".example.com"
  bool has_names_ = false;  // whether any host but "" was ever claimed
  std::map<PoolId, Pool> pools_;
  PoolId next_ = kOpenPool + 1;
};

}  // namespace zeroway
