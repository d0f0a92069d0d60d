// What the workers claim: which pool serves a request, and which workers a pool has. The workers of a group, of an app
// and of a realm claim nothing; each of these is a pool of its own.
//
// Owner: Fabric.   Thread: one loop.
// A claim that lost its last worker is remembered for the queue timeout: its requests wait for a worker that restarts.
// Not here: how a path finds its pool (router/route/route_table.h), requests without a pool
// (router/fabric/placement.h), what workers announce by name (router/fabric/announcements.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/exchange/backend.h"
#include "router/exchange/circuit_source.h"
#include "router/fabric/announcements.h"
#include "router/fabric/fabric_context.h"
#include "router/fabric/pools.h"
#include "router/route/by_text.h"
#include "router/route/route_table.h"

namespace zeroway {

// The pools of groups; pools below are of the table, which would need two thousand million claims to come here.
inline constexpr PoolId kFirstGroup = PoolId{1} << 31;

class Claims {
 public:
  explicit Claims(FabricContext& context) : context_(context), pools_(context.settings.balance) {}

  // The worker takes part in the pools of all that its HELLO claims, or in its group.
  void add(Worker& worker);
  using Going = Announcements::Going;
  // The worker's claims are no longer its own.
  void remove(Worker& worker, Going going);
  // The worker gets no more streams; its claims stay.
  void retire(Worker& worker);
  // Forgets the claims that no worker has made for the queue timeout.
  void forget_old();
  // Whether a request may have another pool now. Asked once in a turn.
  [[nodiscard]] bool take_changed() { return std::exchange(is_changed_, false); }

  // Whether a realm is announced now, and none was before. Asked once in a turn.
  [[nodiscard]] bool take_first_realm() { return std::exchange(has_first_realm_, false); }

  // The pool of the workers of this group, of those that are here, too. Until it is asked for, they are in no pool.
  [[nodiscard]] PoolId group(const std::string& name);
  // The group is asked for no more.
  void forget_group(const std::string& name);
  // The apps and realms of the workers.
  [[nodiscard]] const Announcements& announcements() const { return announced_; }
  // Tells `watcher` of apps from now on; it outlives this object.
  void watch(CircuitWatcher& watcher) { watcher_ = &watcher; }
  // The pools of apps and realms that nobody announces, and nobody has announced a short time ago.
  [[nodiscard]] const std::set<PoolId>& unknown_pools() const { return unknown_pools_; }
  // Changes whenever an app is announced first, or no longer.
  [[nodiscard]] std::uint64_t apps_version() const { return apps_version_; }
  [[nodiscard]] PoolId pool_of(std::string_view authority, std::string_view path) const {
    return table_.match(authority, path);
  }
  // How many bytes of the path the closest claim names; nothing when no worker claims the path.
  [[nodiscard]] std::optional<std::size_t> claimed(std::string_view authority, std::string_view path) const {
    const PoolId pool = pool_of(authority, path);
    return pool == kOpenPool ? std::nullopt : std::optional(table_.length(pool));
  }
  // Good until the claims change.
  [[nodiscard]] std::span<Worker* const> members(PoolId pool) const { return pools_.members(pool); }
  // See Pools.
  [[nodiscard]] Worker* pick(PoolId pool, const Wish& wish) { return pools_.pick(pool, wish); }
  // See Pools.
  [[nodiscard]] bool is_exclusive(PoolId pool) const { return pools_.is_exclusive(pool); }
  // The worker of the pool that the affinity names, if it may get streams. A process that was started again under the
  // same name stands in for the one that is gone. nullptr = none is here, or the pool is exclusive.
  [[nodiscard]] Worker* wanted(PoolId pool, const Affinity& affinity) const;
  // Whether a worker claims the pool now. A worker that leaves still claims it.
  [[nodiscard]] bool is_claimed(PoolId pool) const { return !table_.members(pool).empty(); }
  // Whether the pool lost its last worker a short time ago.
  [[nodiscard]] bool is_remembered(PoolId pool) const { return empty_since_.contains(pool); }
  [[nodiscard]] bool remembers_any() const { return !empty_since_.empty(); }
  // Whether the pool has a worker that would take a stream if the worker were not full.
  [[nodiscard]] bool is_busy(PoolId pool) const;
  // How much room the pool's workers have, and how many streams they hold.
  [[nodiscard]] PartState state(PoolId pool) const;
  // Whether an active worker with routes also claims everything. Such a worker is not connected to deal.
  [[nodiscard]] bool is_routed_worker_in_open_pool() const;

  void lost_time(std::chrono::nanoseconds lost);

 private:
  // The app or the realm of this pool is known now, or not any more.
  void announcement_changed(const std::string& pool);
  void tell_of_app(const std::string& pool);
  void announce(Worker& worker);
  void withdraw(Worker& worker, Going going);
  void join_group(Worker& worker);
  void changed();

  FabricContext& context_;
  RouteTable table_;
  Pools pools_;
  boost::unordered_flat_map<std::string, PoolId> groups_;
  PoolId next_group_ = kFirstGroup;
  Announcements announced_;
  std::set<PoolId> unknown_pools_;
  std::uint64_t apps_version_ = 1;
  CircuitWatcher* watcher_ = nullptr;                    // null = nobody
  boost::unordered_flat_map<PoolId, Time> empty_since_;  // of pools that lost their last worker lately
  bool is_changed_ = false;
  bool has_first_realm_ = false;
};

}  // namespace zeroway
