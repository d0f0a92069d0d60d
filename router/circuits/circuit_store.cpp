#include "router/circuits/circuit_store.h"

#include <algorithm>
#include <random>
#include <utility>

#include "router/circuits/circuit_json.h"
#include "router/circuits/circuit_pool.h"
#include "router/circuits/limits.h"
#include "router/observe/events.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

Error wrong(std::string detail) { return {Fault::client, Code::bad_request, false, std::move(detail)}; }

bool is_draining(const ServerSpec& server) { return server.state == ServerSpec::State::draining; }

}  // namespace

class CircuitStore::Record final : public CircuitView {
 public:
  Record(std::shared_ptr<const CircuitSpec> spec, std::shared_ptr<const ServedCircuit> served)
      : spec_(std::move(spec)), served_(std::move(served)) {}

  [[nodiscard]] const CircuitSpec& spec() const override { return *spec_; }
  [[nodiscard]] bool is_in_force() const override { return spec_ == served_->spec; }
  [[nodiscard]] const CircuitUse* use() const override { return served_->use.get(); }
  [[nodiscard]] std::vector<MemberFacts> members(Time now) const override {
    std::vector<MemberFacts> all;
    for (const ServerSpec& server : spec_->servers) all.push_back(facts_of(server, now));
    return all;
  }

 private:
  [[nodiscard]] MemberFacts facts_of(const ServerSpec& server, Time now) const {
    MemberFacts facts;
    facts.kind = MemberFacts::Kind::server;
    facts.name = server.name;
    facts.weight = server.weight;
    facts.is_standby = server.state == ServerSpec::State::standby;
    facts.state = "drained";
    facts.is_fit = false;
    for (std::size_t index = 0; served_->pool && index < served_->pool->size(); ++index) {
      if (served_->pool->server(index).name != server.name) continue;
      facts.state = served_->pool->state(index, now);
      facts.is_fit = served_->pool->takes_new_clients(index, now);
      facts.open = served_->pool->chooser().open(index);
    }
    return facts;
  }

  std::shared_ptr<const CircuitSpec> spec_;
  std::shared_ptr<const ServedCircuit> served_;
};

CircuitStore::CircuitStore(Loop& loop, const std::string& state_dir, CircuitUses& uses, CircuitUsers users)
    : loop_(loop), uses_(uses), users_(std::move(users)), files_(state_dir), sweep_(loop, [this] { sweep(); }) {}

void CircuitStore::open() {
  std::vector<std::string> errors;
  CircuitUpdate update;
  for (const CircuitSpec& spec : files_.read(errors)) put(spec, update);
  for (const std::string& error : errors) log::error("a circuit is not served: " + error);
  tell(std::move(update));
  sweep_.set(kCircuitSweep);
}

// --- changes

void CircuitStore::change(CircuitChange change, Done done) {
  works_.push_back({std::move(change), std::move(done)});
  if (works_.size() == 1) loop_.post([this] { step(); });
}

// A part of the first change, so that requests need not wait for a table of ten thousand.
void CircuitStore::step() {
  Work& work = works_.front();
  if (work.next_put == 0 && work.next_removed == 0) {
    if (records_.size() + work.change.put.size() > kMostCircuits) {
      work.done(wrong("there would be more than " + std::to_string(kMostCircuits) + " circuits"));
      return go_on();
    }
    work.removed = removed_by(work.change);
  }
  CircuitUpdate update;
  std::size_t left = kCircuitsAtOnce;
  std::set<std::string> paths;
  for (; left > 0 && work.next_removed < work.removed.size(); --left) remove(work.removed[work.next_removed++], paths);
  for (const std::string& path : paths) build(path, update);
  for (; left > 0 && work.next_put < work.change.put.size(); --left) put(work.change.put[work.next_put++], update);
  tell(std::move(update));
  if (work.next_removed < work.removed.size() || work.next_put < work.change.put.size())
    return loop_.post([this] { step(); });
  keep(work);
  go_on();
}

void CircuitStore::go_on() {
  works_.pop_front();
  if (!works_.empty()) loop_.post([this] { step(); });
}

// Those that are there.
std::vector<std::string> CircuitStore::removed_by(const CircuitChange& change) const {
  std::set<std::string> removed;
  for (const std::string& id : change.removed)
    if (records_.contains(id)) removed.insert(id);
  if (change.replaces) {
    for (const auto& [id, kept] : records_)
      if (kept.spec->owner == change.owner) removed.insert(id);
  }
  for (const CircuitSpec& spec : change.put) removed.erase(spec.id);
  return {removed.begin(), removed.end()};
}

void CircuitStore::put(const CircuitSpec& spec, CircuitUpdate& update) {
  std::set<std::string> paths;
  const auto before = records_.find(spec.id);
  Kept kept{std::make_shared<const CircuitSpec>(spec), ++turn_, draining_since(spec), loop_.now()};
  if (before != records_.end() && before->second.spec->path() != spec.path()) remove(spec.id, paths);
  for (const std::string& path : paths) build(path, update);
  records_[spec.id] = std::move(kept);
  ids_[spec.path()].insert(spec.id);
  build(spec.path(), update);
}

void CircuitStore::remove(const std::string& id, std::set<std::string>& paths) {
  const auto found = records_.find(id);
  const std::string path = found->second.spec->path();
  records_.erase(found);
  const auto ids = ids_.find(path);
  ids->second.erase(id);
  if (ids->second.empty()) ids_.erase(ids);
  paths.insert(path);
}

std::vector<const CircuitStore::Kept*> CircuitStore::of_path(const std::string& path) const {
  std::vector<const Kept*> all;
  const auto ids = ids_.find(path);
  if (ids == ids_.end()) return all;
  for (const std::string& id : ids->second) all.push_back(&records_.find(id)->second);
  std::sort(all.begin(), all.end(), [](const Kept* one, const Kept* other) { return one->turn < other->turn; });
  return all;
}

void CircuitStore::build(const std::string& path, CircuitUpdate& update) {
  const std::vector<const Kept*> all = of_path(path);
  const Time now = loop_.now();
  next_drained_.erase(path);
  auto made = std::make_shared<ServedCircuit>();
  made->path = path;
  if (all.empty()) {
    served_.erase(path);
    uses_.forget(path);
    update.push_back(std::move(made));
    return;
  }
  made->spec = all.back()->spec;
  made->use = uses_.of(path);
  made->pool = make_pool(path, all, now);
  if (const Time next = next_drained(all, now); next != Time::max()) next_drained_[path] = next;
  served_[path] = made;
  update.push_back(std::move(made));
}

// A pool whose specification is as before stays, with its health and its connections.
std::shared_ptr<ServersPool> CircuitStore::make_pool(const std::string& path, const std::vector<const Kept*>& all,
                                                     Time now) const {
  std::vector<std::shared_ptr<const CircuitSpec>> left;
  std::vector<const CircuitSpec*> specs;
  for (const Kept* kept : all) specs.push_back(left.emplace_back(without_drained(*kept, now)).get());
  PoolSpec wanted = pool_of(specs);
  const auto before = served_.find(path);
  const std::shared_ptr<ServersPool> pool = before == served_.end() ? nullptr : before->second->pool;
  if (pool && pool->spec() == wanted) return pool;
  if (wanted.servers.empty()) return nullptr;
  auto fresh = ServersPool::make(std::move(wanted), pool.get(), std::random_device()());
  if (fresh) return std::move(*fresh);
  log::error("circuit " + path + " has no servers: " + fresh.error().detail);
  return nullptr;
}

void CircuitStore::tell(CircuitUpdate update) {
  if (!update.empty()) users_.tell(std::make_shared<const CircuitUpdate>(std::move(update)));
}

void CircuitStore::keep(Work& work) {
  const std::size_t count = work.change.put.size() + work.removed.size();
  if (!files_.is_open() || count == 0) return finish(std::move(work.done), count);
  users_.aside([this, put = std::move(work.change.put), removed = std::move(work.removed), count,
                done = std::move(work.done)]() mutable {
    Result<> kept;
    for (const CircuitSpec& spec : put)
      if (auto written = files_.write(spec); !written) kept = written;
    for (const std::string& id : removed)
      if (auto gone = files_.remove(id); !gone) kept = gone;
    loop_.post([this, kept, count, done = std::move(done)] {
      if (kept) return finish(done, count);
      finish(done, Error{Fault::router, Code::internal, false,
                         "the change works, but a restart will not know it: " + kept.error().detail});
    });
  });
}

// Who is told may ask the busiest loop at once.
void CircuitStore::finish(Done done, Result<std::size_t> changed) {
  users_.when_known([done = std::move(done), changed = std::move(changed)] { done(changed); });
}

// --- time

// Drained servers leave their pools, idle circuits are removed.
void CircuitStore::sweep() {
  const Time now = loop_.now();
  CircuitChange idle;
  for (const auto& [id, kept] : records_)
    if (is_idle(kept, now)) idle.removed.push_back(id);
  std::vector<std::string> drained;
  for (const auto& [path, at] : next_drained_)
    if (at <= now) drained.push_back(path);
  CircuitUpdate update;
  for (const std::string& path : drained) build(path, update);
  tell(std::move(update));
  for (const std::string& id : idle.removed) {
    const std::string line = "circuit " + id + " of " + records_.at(id).spec->path() +
                             " is removed: nobody used it for " +
                             std::to_string(records_.at(id).spec->idle_timeout.count() / 1'000) + " s";
    log::info(line);
    tell_event(Event::Kind::change, id, line);
  }
  if (!idle.removed.empty()) change(idle, [](const Result<std::size_t>&) {});
  uses_.forget_unused();
  sweep_.set(kCircuitSweep);
}

std::map<std::string, Time> CircuitStore::draining_since(const CircuitSpec& spec) const {
  std::map<std::string, Time> since;
  const auto before = records_.find(spec.id);
  for (const ServerSpec& server : spec.servers) {
    if (!is_draining(server)) continue;
    Time& begin = since[server.name] = loop_.now();
    if (before == records_.end()) continue;
    const auto known = before->second.draining_since.find(server.name);
    if (known != before->second.draining_since.end()) begin = known->second;
  }
  return since;
}

std::shared_ptr<const CircuitSpec> CircuitStore::without_drained(const Kept& kept, Time now) {
  std::set<std::string> drained;
  for (const auto& [server, since] : kept.draining_since)
    if (since + kept.spec->drain_timeout <= now) drained.insert(server);
  if (drained.empty()) return kept.spec;
  auto left = std::make_shared<CircuitSpec>(*kept.spec);
  std::erase_if(left->servers, [&](const ServerSpec& server) { return drained.contains(server.name); });
  return left;
}

Time CircuitStore::next_drained(const std::vector<const Kept*>& all, Time now) {
  Time next = Time::max();
  for (const Kept* kept : all)
    for (const auto& [server, since] : kept->draining_since)
      if (const Time at = since + kept->spec->drain_timeout; at > now) next = std::min(next, at);
  return next;
}

bool CircuitStore::is_idle(const Kept& kept, Time now) const {
  if (kept.spec->idle_timeout.count() == 0 || now - kept.put_at < kept.spec->idle_timeout) return false;
  const CircuitUse& use = *served_.find(kept.spec->path())->second->use;
  return !use.is_in_use() && now - use.last() >= kept.spec->idle_timeout;
}

// --- for operators

std::shared_ptr<CircuitList> CircuitStore::list() const {
  auto list = std::make_shared<CircuitList>();
  for (const auto& [id, kept] : records_) {
    const std::string path = kept.spec->path();
    list->all.push_back(std::make_shared<Record>(kept.spec, served_.find(path)->second));
  }
  list->uses = uses_.all();
  return list;
}

}  // namespace zeroway
