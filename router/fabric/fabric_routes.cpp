// The routes that workers claim, and the queue in which a stream waits. Both may change while the stream waits.
#include <algorithm>
#include <cassert>
#include <set>

#include "router/fabric/fabric.h"

namespace zeroway {

void Fabric::enlist(Worker& worker) {
  const std::size_t known = routes_.pool_count();
  std::set<PoolId> joined;
  const auto claim_pools = [&](const RouteClaim& claim) {
    for (const PoolId pool : routes_.add(worker.key, claim)) joined.insert(pool);
  };
  if (worker.hello.routes.empty()) claim_pools({"", "/"});
  for (const RouteClaim& claim : worker.hello.routes) claim_pools(claim);
  for (const PoolId pool : joined) {
    empty_since_.erase(pool);
    pools_.join(pool, worker);
  }
  if (routes_.pool_count() != known) routes_changed();
}

void Fabric::delist(Worker& worker) {
  pools_.leave(worker);
  for (const PoolId empty : routes_.remove(worker.key)) empty_since_[empty] = now_;
}

// Workers that leave still claim their routes, but the next worker may claim more. So a router with only such workers
// refuses no stream.
Fabric::Unclaimed Fabric::unclaimed_streams() const {
  if (!grace_.is_over(now_)) return Unclaimed::they_wait;
  if (!roster_.open_pool().empty() || !routes_.members(kOpenPool).empty()) return Unclaimed::open_pool_has_them;
  if (empty_since_.contains(kOpenPool)) return Unclaimed::they_wait;
  const bool is_anybody_here = std::any_of(roster_.all().begin(), roster_.all().end(), [](const Worker* worker) {
    return !worker->is_draining && !worker->is_unreachable;
  });
  return is_anybody_here ? Unclaimed::they_are_refused : Unclaimed::they_wait;
}

void Fabric::refuse_unclaimed(FabricStream& stream) {
  end_with(stream, Error{Fault::client, Code::no_route, false, "no worker claims this path"});
}

void Fabric::refuse_waiting() {
  std::deque<StreamId> waiting;
  waiting.swap(pools_.waiting(kOpenPool));
  // Only after the swap: an exchange that is told may open a new stream.
  for (const StreamId id : waiting) {
    FabricStream* stream = streams_.find(id);
    if (stream != nullptr && stream->place == Place::waiting && stream->pool == kOpenPool) refuse_unclaimed(*stream);
  }
}

bool Fabric::is_pool_busy(PoolId pool) {
  const std::vector<MemberId>& members = routes_.members(pool);
  return std::any_of(members.begin(), members.end(), [this](MemberId key) {
    const Worker* worker = roster_.find(static_cast<WorkerKey>(key));
    return worker != nullptr && !worker->is_draining && !worker->is_unreachable;
  });
}

bool Fabric::is_routed_worker_in_open_pool() {
  const std::vector<MemberId>& members = routes_.members(kOpenPool);
  return std::any_of(members.begin(), members.end(), [this](MemberId key) {
    const Worker* worker = roster_.find(static_cast<WorkerKey>(key));
    return worker != nullptr && !worker->is_open_pool && !worker->is_draining;
  });
}

void Fabric::forget_routes() {
  const std::size_t before = empty_since_.size();
  boost::unordered::erase_if(empty_since_, [this](const auto& empty) {
    if (now_ - empty.second < settings_.queue_timeout) return false;
    routes_.drop(empty.first);
    return true;
  });
  if (empty_since_.size() != before) routes_changed();
}

void Fabric::routes_changed() {
  has_new_routes_ = true;
  has_room_ = true;
  wants_turn_end_();
}

void Fabric::route_again() {
  for (const StreamId id : gathering_)
    if (FabricStream* stream = streams_.find(id)) stream->pool = pool_of(*stream);
  std::vector<FabricStream*> waiting;
  for (const StreamId id : pools_.take_waiting()) {
    FabricStream* stream = streams_.find(id);
    if (stream != nullptr && stream->place == Place::waiting) waiting.push_back(stream);
  }
  // Each queue has its oldest stream first; here all queues are joined into one.
  std::stable_sort(waiting.begin(), waiting.end(), [](const auto* a, const auto* b) { return a->since < b->since; });
  const bool is_refused = unclaimed_streams() == Unclaimed::they_are_refused;
  std::vector<StreamId> orphans;
  for (FabricStream* stream : waiting) {
    const bool had_route = stream->pool != kOpenPool;
    stream->pool = pool_of(*stream);
    if (had_route && stream->pool == kOpenPool && is_refused) {
      orphans.push_back(stream->id);
    } else {
      pools_.waiting(stream->pool).push_back(stream->id);
    }
  }
  end_orphans(orphans);
}

// A worker claimed the route of these streams when they came, and the route is forgotten now. It is missing for the
// moment, not unknown.
void Fabric::end_orphans(const std::vector<StreamId>& orphans) {
  for (const StreamId id : orphans)
    if (FabricStream* stream = streams_.find(id)) end_with(*stream, wait_is_over(kOpenPool));
}

// The head of a waiting stream is kept nowhere else: read it from the opening, which the router itself wrote.
PoolId Fabric::pool_of(const FabricStream& stream) {
  MessageReader reader(as_bytes(stream.opening.bytes()));
  const auto first = reader.next();
  assert(first && *first && (*first)->type == FrameType::headers);
  if (!first || !*first || !decoder_.decode((*first)->payload, scratch_)) return stream.pool;
  return routes_.match(scratch_.authority(), scratch_.path());
}

}  // namespace zeroway
