#include "router/fabric/claims.h"

#include <algorithm>
#include <set>
#include <utility>

namespace zeroway {

void Claims::add(Worker& worker) {
  announce(worker);
  if (!worker.hello.group.empty()) return join_group(worker);
  const std::size_t known = table_.pool_count();
  std::set<PoolId> joined;
  const auto claim_pools = [&](const RouteClaim& claim) {
    for (const PoolId pool : table_.add(worker.key, claim)) joined.insert(pool);
  };
  if (worker.hello.routes.empty()) claim_pools({"", "/"});
  for (const RouteClaim& claim : worker.hello.routes) claim_pools(claim);
  for (const PoolId pool : joined) {
    empty_since_.erase(pool);
    pools_.join(pool, worker);
  }
  if (table_.pool_count() != known) changed();
}

void Claims::announcement_changed(const std::string& name) {
  tell_of_app(name);
  const auto pool = groups_.find(name);
  if (pool == groups_.end()) return;
  if (announced_.has(name)) {
    unknown_pools_.erase(pool->second);
  } else {
    unknown_pools_.insert(pool->second);
  }
}

// Nobody keeps what is said of realms: each session asks anew.
void Claims::tell_of_app(const std::string& name) {
  if (!name.starts_with('/')) return;
  ++apps_version_;
  if (watcher_ != nullptr) watcher_->circuit_changed(name);
}

void Claims::announce(Worker& worker) {
  const bool had_realms = announced_.has_realms();
  if (!announced_.add(worker)) return;
  announcement_changed(worker.hello.group);
  if (had_realms || !announced_.has_realms()) return;
  has_first_realm_ = true;
  context_.wants_turn_end();
}

void Claims::withdraw(Worker& worker, Going going) {
  if (announced_.remove(worker, going, context_.now)) announcement_changed(worker.hello.group);
}

void Claims::retire(Worker& worker) {
  withdraw(worker, Going::withdrawn);
  pools_.leave(worker);
}

void Claims::join_group(Worker& worker) {
  if (const auto found = groups_.find(worker.hello.group); found != groups_.end()) pools_.join(found->second, worker);
}

PoolId Claims::group(const std::string& name) {
  const auto [at, is_new] = groups_.try_emplace(name, next_group_);
  if (!is_new) return at->second;
  ++next_group_;
  if (is_announced_pool(name) && !announced_.has(name)) unknown_pools_.insert(at->second);
  for (Worker* worker : context_.roster.all())
    if (worker->hello.group == name && !worker->is_confirmed && !worker->is_unreachable) join_group(*worker);
  return at->second;
}

void Claims::forget_group(const std::string& name) {
  const auto found = groups_.find(name);
  if (found == groups_.end()) return;
  pools_.drop(found->second);
  unknown_pools_.erase(found->second);
  groups_.erase(found);
}

void Claims::remove(Worker& worker, Going going) {
  withdraw(worker, going);
  pools_.leave(worker);
  for (const PoolId empty : table_.remove(worker.key)) empty_since_[empty] = context_.now;
}

void Claims::forget_old() {
  const std::size_t before = empty_since_.size();
  boost::unordered::erase_if(empty_since_, [this](const auto& empty) {
    if (context_.now - empty.second < context_.settings.queue_timeout) return false;
    table_.drop(empty.first);
    return true;
  });
  if (empty_since_.size() != before) changed();
  // Who waits for a worker of the app waits on, and is told then that none was there.
  for (const std::string& name : announced_.forget_old(context_.now, context_.settings.queue_timeout))
    tell_of_app(name);
}

void Claims::changed() {
  is_changed_ = true;
  context_.wants_turn_end();
}

Worker* Claims::wanted(PoolId pool, const Affinity& affinity) const {
  if (pools_.is_exclusive(pool)) return nullptr;
  for (const std::string& identity : affinity.members) {
    const std::string_view name = std::string_view(identity).substr(0, identity.rfind('#'));
    Worker* found = nullptr;
    for (Worker* worker : pools_.members(pool)) {
      if (worker->is_draining || worker->is_unreachable || worker->is_held) continue;
      if (worker->identity == identity) return worker;
      if (found == nullptr && worker->hello.name == name) found = worker;
    }
    if (found != nullptr) return found;
  }
  return nullptr;
}

bool Claims::is_busy(PoolId pool) const {
  const auto workers = pools_.members(pool);
  return std::any_of(workers.begin(), workers.end(),
                     [](const Worker* worker) { return !worker->is_draining && !worker->is_unreachable; });
}

namespace {

PartState::Room room_of(const Worker& worker, Time now) {
  using Room = PartState::Room;
  if (worker.is_draining || worker.is_unreachable) return Room::nobody;
  if (!worker.is_fit()) return Room::paused;
  if (worker.is_standby()) return worker.is_ready(now) ? Room::standby : Room::standby_full;
  return worker.is_ready(now) ? Room::free : Room::full;
}

}  // namespace

PartState Claims::state(PoolId pool) const {
  PartState state{PartState::Room::nobody, 0};
  const bool is_exclusive = pools_.is_exclusive(pool);
  const Worker* oldest = is_exclusive ? pools_.oldest(pool) : nullptr;
  for (const Worker* worker : pools_.members(pool)) {
    state.open += worker->in_flight;
    if (!is_exclusive || worker == oldest) state.room = std::max(state.room, room_of(*worker, context_.now));
  }
  return state;
}

bool Claims::is_routed_worker_in_open_pool() const {
  const std::vector<MemberId>& members = table_.members(kOpenPool);
  return std::any_of(members.begin(), members.end(), [this](MemberId key) {
    const Worker* worker = context_.roster.find(static_cast<WorkerKey>(key));
    return worker != nullptr && !worker->is_open_pool && !worker->is_standby() && !worker->is_draining;
  });
}

void Claims::lost_time(std::chrono::nanoseconds lost) {
  for (auto& empty : empty_since_) empty.second += lost;
  announced_.lost_time(lost);
}

}  // namespace zeroway
