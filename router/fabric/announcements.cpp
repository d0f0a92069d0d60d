#include "router/fabric/announcements.h"

#include <algorithm>
#include <utility>

#include "router/fabric/oldest_worker.h"

namespace zeroway {
namespace {

// What all of them speak; `but` is left out.
SerializerSet common(const std::vector<const Worker*>& workers, const Worker* but = nullptr) {
  SerializerSet all = SerializerSet::all();
  for (const Worker* worker : workers)
    if (worker != but && worker->hello.wamp) all = all & worker->hello.wamp->serializers;
  return all;
}

std::string text_of(SerializerSet set) {
  std::string text;
  for (const Serializer serializer : kSerializers)
    if (set.contains(serializer)) text.append(text.empty() ? "" : ", ").append(name_of(serializer));
  return text;
}

std::string clash_of_app(const Hello& hello, const Hello& other) {
  if (other.app.protocol == hello.app.protocol) return "";
  return "HELLO says app.protocol \"" + hello.app.protocol + "\" of " + hello.group + ": wants \"" +
         other.app.protocol + "\", as its other workers have it";
}

std::string clash_of_realm(const Hello& hello, const Hello& other, SerializerSet spoken) {
  const auto text = [](bool is_shared) { return is_shared ? "true" : "false"; };
  const WampRealm& wamp = *hello.wamp;
  if (other.wamp->is_shared != wamp.is_shared)
    return std::string("HELLO says wamp.shared ") + text(wamp.is_shared) + " of " + served_text(hello) + ": wants " +
           text(other.wamp->is_shared) + ", as its other workers have it";
  if (!(spoken & wamp.serializers).is_empty()) return "";
  return "HELLO says wamp.serializers " + text_of(wamp.serializers) + " of " + served_text(hello) +
         ": wants one that its other workers speak, which is " + text_of(spoken);
}

}  // namespace

bool Announcements::add(Worker& worker) {
  if (!is_announced_pool(worker.hello.group) || worker.is_draining) return false;
  const auto [at, is_new] = pools_.try_emplace(worker.hello.group);
  Pool& pool = at->second;
  pool.is_realm = worker.hello.wamp.has_value();
  if (is_new && pool.is_realm) ++realms_;
  pool.workers.push_back(&worker);
  pool.protocol = worker.hello.app.protocol;
  pool.serializers = common(pool.workers);
  worker.is_announced = true;
  return pool.workers.size() == 1;
}

bool Announcements::remove(Worker& worker, Going going, Time now) {
  if (!std::exchange(worker.is_announced, false)) return false;
  const auto found = pools_.find(worker.hello.group);
  Pool& pool = found->second;
  std::erase(pool.workers, &worker);
  if (!pool.workers.empty()) {
    pool.serializers = common(pool.workers);
    return false;
  }
  pool.empty_since = now;
  if (going == Going::lost) return true;
  if (pool.is_realm) --realms_;
  pools_.erase(found);
  return true;
}

bool Announcements::has_workers(std::string_view name) const {
  const auto pool = pools_.find(name);
  return pool != pools_.end() && !pool->second.workers.empty();
}

bool Announcements::is_tcp(std::string_view name) const {
  const auto pool = pools_.find(name);
  return pool != pools_.end() && pool->second.protocol == kProtocolTcp;
}

SerializerSet Announcements::serializers(std::string_view name) const {
  const auto pool = pools_.find(name);
  return pool == pools_.end() ? SerializerSet::all() : pool->second.serializers;
}

bool Announcements::rests(const Worker& worker) const {
  if (!worker.is_exclusive()) return false;
  const auto pool = pools_.find(worker.hello.group);
  const Worker* oldest = pool == pools_.end() ? nullptr : oldest_of(pool->second.workers);
  return oldest != nullptr && oldest != &worker;
}

std::string Announcements::disagreement(const Hello& hello, const Worker* sender) const {
  const auto pool = pools_.find(hello.group);
  if (pool == pools_.end()) return "";
  const std::vector<const Worker*>& workers = pool->second.workers;
  const auto other = std::find_if(workers.begin(), workers.end(), [=](const auto* one) { return one != sender; });
  if (other == workers.end()) return "";
  return hello.wamp ? clash_of_realm(hello, (*other)->hello, common(workers, sender))
                    : clash_of_app(hello, (*other)->hello);
}

std::vector<std::string> Announcements::forget_old(Time now, std::chrono::nanoseconds memory) {
  std::vector<std::string> forgotten;
  std::erase_if(pools_, [&](const auto& one) {
    const bool is_old = one.second.workers.empty() && now - one.second.empty_since >= memory;
    if (!is_old) return false;
    if (one.second.is_realm) --realms_;
    forgotten.push_back(one.first);
    return true;
  });
  return forgotten;
}

void Announcements::lost_time(std::chrono::nanoseconds lost) {
  for (auto& one : pools_) one.second.empty_since += lost;
}

}  // namespace zeroway
