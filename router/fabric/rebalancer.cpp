#include "router/fabric/rebalancer.h"

#include <algorithm>
#include <utility>

#include "router/fabric/limits.h"

namespace zeroway {

Rebalancer::Rebalancer(FabricContext& context, Streams& streams, const Claims& claims, std::size_t loops)
    : context_(context),
      streams_(streams),
      claims_(claims),
      per_second_(static_cast<double>(context.settings.rebalance) /
                  static_cast<double>(std::max<std::size_t>(loops, 1))) {}

void Rebalancer::joined(const Worker& worker) {
  if (per_second_ == 0 || worker.is_standby() || worker.is_draining || worker.is_exclusive()) return;
  for (const PoolId id : worker.pools) {
    std::unique_ptr<Pool>& pool = pools_[id];
    if (!pool) pool = std::make_unique<Pool>(per_second_);
    pool->rebalance.joined(worker.key);
    pool->active = context_.now;
  }
}

// Every stream is looked at, so not more often than streams are due.
void Rebalancer::look() {
  const auto pause = std::chrono::duration<double>(std::min(1 / std::max(per_second_, 1e-9), 1.0));
  if (pools_.empty() || context_.now - looked_ < pause) return;
  looked_ = context_.now;
  handing_over_ = 0;
  std::vector<PoolId> ids;
  for (const auto& [id, pool] : pools_) ids.push_back(id);
  for (const PoolId id : ids) look_at(id, *pools_.find(id)->second);
}

void Rebalancer::look_at(PoolId id, Pool& pool) {
  if (!pool.rebalance.is_resting()) {
    const std::vector<HandOver> due = pool.rebalance.look(context_.now, streams_of(id));
    if (!due.empty()) pool.active = context_.now;
    for (const HandOver& one : due) ask(id, one);
  }
  if (!pool.rebalance.is_resting()) ++handing_over_;
  if (pool.rebalance.is_resting() && context_.now - pool.active >= kReturnTime) pools_.erase(id);
}

bool Rebalancer::is_long(const FabricStream& stream) const {
  if (stream.place != Place::held || stream.is_asked || stream.is_tunnel) return false;
  return stream.is_websocket || (stream.is_grpc && context_.now - stream.opened >= kLongCall);
}

// A client that is bound stays. A stream whose reply has not begun, or whose WebSocket is being closed, is left alone.
bool Rebalancer::may_move(const FabricStream& stream) {
  const bool is_open = stream.reply.phase() == StreamState::Phase::open;
  return stream.affinity == nullptr && is_open && !(stream.is_websocket && stream.is_request_ended);
}

std::vector<LongStreams> Rebalancer::streams_of(PoolId pool) const {
  std::vector<LongStreams> all;
  for (const Worker* worker : claims_.members(pool)) {
    // One that is silent, which may be for a moment, has its streams all the same.
    if (worker->is_standby() || worker->is_draining || worker->is_unreachable || worker->is_held) continue;
    const std::size_t room = worker->has_room() ? worker->hello.capacity - worker->in_flight : 0;
    all.push_back({worker->key, worker->hello.weight, 0, 0, room});
  }
  streams_.for_each([&](const FabricStream& stream) {
    if (stream.pool != pool || !is_long(stream)) return;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const LongStreams& one) { return one.worker == stream.worker; });
    if (found == all.end()) return;
    ++found->held;
    if (may_move(stream)) ++found->movable;
  });
  return all;
}

// The WebSockets on which no message has passed for the longest time come first: least is under way there.
void Rebalancer::ask(PoolId pool, const HandOver& due) {
  std::vector<std::pair<Time, StreamId>> quiet;
  streams_.for_each([&](const FabricStream& stream) {
    if (stream.pool == pool && stream.worker == due.worker && is_long(stream) && may_move(stream))
      quiet.emplace_back(stream.moved, stream.id);
  });
  const std::size_t count = std::min(due.streams, quiet.size());
  std::partial_sort(quiet.begin(), quiet.begin() + static_cast<std::ptrdiff_t>(count), quiet.end());
  quiet.resize(count);
  for (const auto& [moved, id] : quiet) {
    FabricStream* const stream = streams_.find(id);
    if (stream == nullptr) continue;
    stream->is_asked = true;
    ++context_.counters.handed_over;
    if (BackendEvents* events = stream->reply_to.find()) events->hand_over();
  }
}

}  // namespace zeroway
