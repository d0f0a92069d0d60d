#include "router/fabric/pools.h"

#include <algorithm>

#include "router/fabric/oldest_worker.h"
#include "router/route/text_hash.h"

namespace zeroway {

namespace {

bool has_fit_active(const Pool& pool) {
  return std::any_of(pool.members.begin(), pool.members.end(),
                     [](const Worker* worker) { return !worker->is_standby() && worker->is_fit(); });
}

}  // namespace

Pool& Pools::at(PoolId pool) {
  std::unique_ptr<Pool>& found = pools_[pool];
  if (!found) found = std::make_unique<Pool>();
  return *found;
}

void Pools::join(PoolId id, Worker& worker) {
  Pool& pool = at(id);
  pool.members.push_back(&worker);
  Candidate candidate;
  candidate.weight = worker.hello.weight;
  candidate.capacity = worker.hello.capacity;
  candidate.id = text_hash(worker.identity);
  pool.candidates.push_back(candidate);
  worker.pools.push_back(id);
}

void Pools::leave(Worker& worker) {
  for (const PoolId id : worker.pools) {
    Pool& pool = at(id);
    const auto found = std::find(pool.members.begin(), pool.members.end(), &worker);
    if (found == pool.members.end()) continue;
    pool.candidates.erase(pool.candidates.begin() + (found - pool.members.begin()));
    pool.members.erase(found);
    if (pool.members.empty()) pools_.erase(id);
  }
  worker.pools.clear();
}

void Pools::drop(PoolId id) {
  const auto found = pools_.find(id);
  if (found == pools_.end()) return;
  for (Worker* worker : found->second->members) std::erase(worker->pools, id);
  pools_.erase(found);
}

std::span<Worker* const> Pools::members(PoolId id) const {
  const auto found = pools_.find(id);
  return found == pools_.end() ? std::span<Worker* const>() : found->second->members;
}

bool Pools::is_exclusive(PoolId id) const {
  const auto workers = members(id);
  return !workers.empty() && workers.front()->is_exclusive();
}

Worker* Pools::oldest(PoolId id) const { return oldest_of(members(id)); }

Worker* Pools::pick(PoolId id, const Wish& wish) {
  const auto found = pools_.find(id);
  if (found == pools_.end() || found->second->members.empty()) return nullptr;
  if (is_exclusive(id)) {
    Worker* worker = oldest(id);
    return worker != nullptr && worker->is_ready(wish.now) ? worker : nullptr;
  }
  Pool& pool = *found->second;
  Worker* worker = pick_from(pool, wish);
  if (worker != nullptr || wish.unclaimed == 0) return worker;
  // A silent worker has most of the unclaimed streams: the other workers need not wait for it.
  const bool is_anybody_silent =
      std::any_of(pool.members.begin(), pool.members.end(), [](const Worker* member) { return member->is_silent; });
  if (!is_anybody_silent) return nullptr;
  Wish without = wish;
  without.unclaimed = 0;
  return pick_from(pool, without);
}

Worker* Pools::pick_from(Pool& pool, const Wish& wish) {
  const Standby standby = has_fit_active(pool) ? Standby::rests : Standby::serves;
  if (wish.attempt == Attempt::again)
    if (Worker* worker = pick_among(pool, Among::proven, standby, wish)) return worker;
  if (Worker* worker = pick_among(pool, Among::not_silent, standby, wish)) return worker;
  return pick_among(pool, Among::all, standby, wish);
}

Worker* Pools::pick_among(Pool& pool, Among among, Standby standby, const Wish& wish) {
  for (std::size_t i = 0; i < pool.members.size(); ++i) {
    const Worker& worker = *pool.members[i];
    Candidate& candidate = pool.candidates[i];
    candidate.weight = worker.hello.weight;
    candidate.capacity = worker.hello.capacity;
    candidate.in_flight = worker.in_flight + static_cast<std::uint32_t>(wish.unclaimed);
    candidate.usable = worker.is_ready(wish.now) && (among == Among::all || !worker.is_silent) &&
                       (among != Among::proven || worker.has_answered) &&
                       (standby == Standby::serves || !worker.is_standby());
  }
  const auto picked = pick_one(pool, wish);
  return picked ? pool.members[*picked] : nullptr;
}

std::optional<std::size_t> Pools::pick_one(Pool& pool, const Wish& wish) const {
  if (!wish.key.empty()) return pick_by_key(pool.candidates, wish.key);
  const bool is_by_load = wish.is_by_load || balance_ == Balance::least_connections;
  return is_by_load ? pick_least(pool.candidates, pool.rotation) : pick_weighted(pool.candidates);
}

}  // namespace zeroway
