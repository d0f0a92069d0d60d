#include "router/fabric/placement.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "proto/message.h"
#include "router/fabric/evenness.h"

namespace zeroway {

void Placement::gather(const FabricStream& stream) {
  gathering_.push_back(stream.id);
  context_.wants_turn_end();
}

void Placement::turn_end() {
  if (claims_.take_first_realm()) ask_web_sockets_again();
  const bool has_new_claims = claims_.take_changed();
  if (has_new_claims) route_again();
  // Those that wait come before those that came in this turn.
  if (streams_.take_room() || has_new_claims) serve_waiting();
  std::vector<StreamId> gathered;
  gathered.swap(gathering_);
  for (const StreamId id : gathered) {
    FabricStream* stream = streams_.find(id);
    if (stream != nullptr && stream->place == Place::gathering) place(*stream);
  }
  // Keep the memory of `gathered` for the next turn, unless openings came in meanwhile.
  gathered.clear();
  if (gathering_.empty()) gathering_.swap(gathered);
}

void Placement::place(FabricStream& stream) {
  if (stream.pool == kOpenPool) {
    const Unclaimed unclaimed = unclaimed_streams();
    if (unclaimed == Unclaimed::they_are_refused) return refuse(stream);
    if (unclaimed == Unclaimed::they_wait) return wait(stream);
  }
  // To find the queue of a bound stream, the pool is searched for its worker.
  const bool is_after_others = streams_.waiting() > 0 && streams_.is_anybody_waiting(queue_of(stream));
  if (!is_after_others && deal_or_steer(stream)) return;
  wait(stream);
}

bool Placement::deal_or_steer(FabricStream& stream) {
  if (stream.affinity != nullptr) return steer_to_wanted(stream);
  // A stream that was lost once is not dealt blindly again: the next worker may be the reason for the loss.
  const bool may_be_dealt =
      stream.pool == kOpenPool && stream.attempt == Attempt::first && !rebalancer_.wants_by_load(stream);
  return (may_be_dealt && proof_.may_deal() && deal(stream)) || steer(stream);
}

bool Placement::deal(FabricStream& stream) {
  if (!context_.wire.deal(stream.opening.bytes())) {
    proof_.table_changed();
    return false;
  }
  ++context_.counters.dealt;
  ++context_.counters.messages_out;
  stream.opening.clear();
  streams_.deal(stream);
  proof_.dealt(stream);
  return true;
}

bool Placement::steer(FabricStream& stream) {
  const std::size_t unclaimed =
      stream.pool == kOpenPool ? dealt_share(streams_.dealt(), context_.roster.open_pool().size()) : 0;
  const std::string_view key = stream.affinity != nullptr ? std::string_view(stream.affinity->key) : "";
  const bool is_by_load = rebalancer_.wants_by_load(stream);
  Worker* worker = claims_.pick(stream.pool, {stream.attempt, context_.now, unclaimed, is_by_load, key});
  if (worker == nullptr) return false;
  hand(stream, *worker);
  return true;
}

// The worker that the client is bound to gets the stream, or the stream waits for it: a client leaves no worker that
// lives. The stream leaves a worker that has just refused it.
bool Placement::steer_to_wanted(FabricStream& stream) {
  const Affinity& affinity = *stream.affinity;
  Worker* worker = affinity.members.empty() ? nullptr : claims_.wanted(stream.pool, affinity);
  const bool has_refused = worker != nullptr && context_.now < worker->refused_until;
  if (worker == nullptr || (has_refused && stream.attempt == Attempt::again)) {
    const bool may_come_yet = !affinity.members.empty() && !grace_.is_over(context_.now);
    return !may_come_yet && steer(stream);
  }
  if (worker->is_silent || !worker->is_ready(context_.now)) return false;
  hand(stream, *worker);
  return true;
}

void Placement::hand(FabricStream& stream, Worker& worker) {
  ++context_.counters.steered;
  post_.outbox(worker).append(stream.opening);
  stream.sent_in = worker.messages;
  worker.unsent.push_back(stream.id);
  stream.opening.clear();
  streams_.hold(stream, worker);
}

// ---- waiting

// The streams of a pool wait in one queue, and those that are bound to a worker in a queue of that worker: they need
// not hold up the others. Those whose worker may come yet share a queue.
Line::Queue Placement::queue_of(const FabricStream& stream) const {
  constexpr Line::Queue kFirstOfWorkers = Line::Queue{3} << 30;  // above all pools
  if (stream.affinity == nullptr || stream.affinity->members.empty()) return stream.pool;
  const Worker* worker = claims_.wanted(stream.pool, *stream.affinity);
  if (worker != nullptr) return kFirstOfWorkers | worker->key;
  return grace_.is_over(context_.now) ? stream.pool : kFirstOfWorkers;
}

void Placement::wait(FabricStream& stream) {
  stream.queue = queue_of(stream);
  if (streams_.wait(stream)) return;
  streams_.end(stream, Error{Fault::backend, Code::queue_full, false,
                             std::to_string(streams_.waiting()) + " streams are waiting for a worker already"});
}

void Placement::serve_waiting() {
  const Unclaimed unclaimed = unclaimed_streams();
  streams_.serve([&](FabricStream& stream) {
    if (stream.pool == kOpenPool && unclaimed != Unclaimed::open_pool_has_them) return false;
    return deal_or_steer(stream);
  });
  if (unclaimed == Unclaimed::they_are_refused) refuse_waiting(kOpenPool);
  if (may_more_workers_come()) return;
  for (const PoolId pool : std::vector(claims_.unknown_pools().begin(), claims_.unknown_pools().end()))
    refuse_waiting(pool);
}

void Placement::refuse_waiting(PoolId pool) {
  for (const StreamId id : streams_.take_waiting(pool))
    if (FabricStream* stream = streams_.find(id)) refuse(*stream);
}

void Placement::expire() {
  if (streams_.waiting() == 0) return;
  for (const StreamId id : streams_.take_overdue())
    if (FabricStream* stream = streams_.find(id)) streams_.end(*stream, wait_is_over(stream->pool));
  streams_.look_for_room();
}

Error Placement::wait_is_over(PoolId pool) const {
  const std::string waited = " within " + std::to_string(context_.settings.queue_timeout.count()) + " ms";
  if (claims_.is_busy(pool))
    return Error{Fault::backend, Code::backends_busy, false, "none of the workers that serve it had room" + waited};
  return Error{Fault::backend, Code::no_backend, false, "no worker that serves it was there" + waited};
}

// ---- streams that no worker claims, and claims that change

void Placement::worker_joins(Arrival arrival) {
  const bool knows_nobody = context_.roster.all().empty() && !claims_.remembers_any();
  grace_.joined(context_.now, knows_nobody, arrival);
}

// Workers that leave still claim their routes, but the next worker may claim more. So a router with only such workers
// refuses no stream.
Placement::Unclaimed Placement::unclaimed_streams() const {
  if (!grace_.is_over(context_.now)) return Unclaimed::they_wait;
  const Roster& roster = context_.roster;
  if (!roster.open_pool().empty() || claims_.is_claimed(kOpenPool)) return Unclaimed::open_pool_has_them;
  if (claims_.is_remembered(kOpenPool)) return Unclaimed::they_wait;
  const bool is_anybody_here = std::any_of(roster.all().begin(), roster.all().end(), [](const Worker* worker) {
    return !worker->is_of_group() && !worker->is_draining && !worker->is_unreachable;
  });
  return is_anybody_here ? Unclaimed::they_are_refused : Unclaimed::they_wait;
}

void Placement::refuse(FabricStream& stream) {
  streams_.end(stream, Error{Fault::client, Code::no_route, false, "no worker claims this path"});
}

void Placement::ask_web_sockets_again() {
  const auto asked = streams_.select([](const FabricStream& stream) {
    const bool has_no_worker = stream.place == Place::gathering || stream.place == Place::waiting;
    return has_no_worker && stream.is_websocket && stream.pool == kOpenPool;
  });
  for (const StreamId id : asked) {
    FabricStream* stream = streams_.find(id);
    if (BackendEvents* events = stream != nullptr ? stream->reply_to.find() : nullptr) events->routes_changed();
  }
}

void Placement::route_again() {
  for (const StreamId id : gathering_)
    if (FabricStream* stream = streams_.find(id)) stream->pool = pool_of(*stream);
  const bool is_refused = unclaimed_streams() == Unclaimed::they_are_refused;
  std::vector<StreamId> orphans;
  streams_.queue_again([&](FabricStream& stream) {
    const PoolId before = std::exchange(stream.pool, pool_of(stream));
    if (before != kOpenPool && stream.pool == kOpenPool && is_refused) orphans.push_back(stream.id);
    stream.queue = queue_of(stream);
  });
  // A worker claimed the route of these streams when they came, and the route is forgotten now. It is missing for the
  // moment, not unknown.
  for (const StreamId id : orphans)
    if (FabricStream* stream = streams_.find(id)) streams_.end(*stream, wait_is_over(kOpenPool));
}

// The head of a waiting stream is kept nowhere else: read it from the opening, which the router itself wrote.
PoolId Placement::pool_of(const FabricStream& stream) {
  if (stream.pool >= kFirstGroup) return stream.pool;
  MessageReader reader(as_bytes(stream.opening.bytes()));
  const auto first = reader.next();
  assert(first && *first && (*first)->type == FrameType::headers);
  if (!first || !*first || !decoder_.decode((*first)->payload, scratch_)) return stream.pool;
  return claims_.pool_of(scratch_.authority(), scratch_.path());
}

}  // namespace zeroway
