// What workers claim, and which line a stream waits in: both change while it waits.
#include <algorithm>
#include <cassert>

#include "router/fabric/fabric.h"

namespace zeroway {

void Fabric::enlist(Worker& worker) {
  const std::size_t known = routes_.pool_count();
  if (worker.hello.routes.empty()) pools_.join(kOpenPool, worker);
  for (const RouteClaim& claim : worker.hello.routes) {
    const PoolId pool = routes_.add(worker.key, claim);
    empty_since_.erase(pool);
    pools_.join(pool, worker);
  }
  if (routes_.pool_count() != known) routes_changed();
}

void Fabric::delist(Worker& worker) {
  pools_.leave(worker);
  for (const PoolId empty : routes_.remove(worker.key)) empty_since_[empty] = now_;
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
  // Each line has its oldest first; now all of them are one.
  std::stable_sort(waiting.begin(), waiting.end(), [](const auto* a, const auto* b) { return a->since < b->since; });
  for (FabricStream* stream : waiting) {
    stream->pool = pool_of(*stream);
    pools_.waiting(stream->pool).push_back(stream->id);
  }
}

// Nobody keeps the head of a stream that waits: it stands in the opening, which is ours.
PoolId Fabric::pool_of(const FabricStream& stream) {
  MessageReader reader(as_bytes(stream.opening.bytes()));
  const auto first = reader.next();
  assert(first && *first && (*first)->type == FrameType::headers);
  if (!first || !*first || !decoder_.decode((*first)->payload, scratch_)) return stream.pool;
  return routes_.match(scratch_.authority(), scratch_.path());
}

}  // namespace zeroway
