#include "router/fabric/roster.h"

#include <algorithm>

namespace zeroway {

Worker& Roster::add(Hello hello, ConnectionId connection) {
  auto worker = std::make_unique<Worker>();
  worker->key = ++last_key_;
  worker->is_draining = hello.state == "draining";
  worker->hello = std::move(hello);
  worker->is_open_pool = worker->serves_everything() && !worker->is_standby();
  worker->identity = worker->hello.name + "#" + std::to_string(worker->hello.pid);
  worker->connection = connection;
  Worker& added = *worker;
  by_instance_[added.hello.instance] = &added;
  order_.push_back(&added);
  if (added.is_open_pool) open_.push_back(&added);
  workers_.emplace(added.key, std::move(worker));
  return added;
}

void Roster::remove(WorkerKey key) {
  auto found = workers_.find(key);
  if (found == workers_.end()) return;
  Worker* worker = found->second.get();
  by_instance_.erase(worker->hello.instance);
  std::erase(order_, worker);
  std::erase(open_, worker);
  workers_.erase(found);
}

void Roster::refile(Worker& worker) {
  std::erase(open_, &worker);
  worker.is_open_pool = worker.serves_everything() && !worker.is_standby();
  if (worker.is_open_pool && !worker.is_confirmed) open_.push_back(&worker);
}

Worker* Roster::find(WorkerKey key) {
  auto found = workers_.find(key);
  return found == workers_.end() ? nullptr : found->second.get();
}

Worker* Roster::find(std::string_view instance) {
  auto found = by_instance_.find(instance);
  return found == by_instance_.end() ? nullptr : found->second;
}

Worker* Roster::find_connection(ConnectionId connection) {
  auto found = std::find_if(order_.begin(), order_.end(), [&](Worker* w) { return w->connection == connection; });
  return found == order_.end() ? nullptr : *found;
}

}  // namespace zeroway
