#include "router/loop_backends.h"

#include <algorithm>
#include <random>
#include <utility>

#include "router/admin/admin_backend.h"
#include "router/backends/coded_backend.h"
#include "router/backends/files/files_backend.h"
#include "router/backends/mixed_backend.h"
#include "router/backends/servers_backend.h"
#include "router/observe/log.h"

namespace zeroway {

std::vector<std::shared_ptr<Backend>> LoopBackends::make(const Plan& plan, const SharedPools& pools,
                                                         const LoopPlan* before) {
  std::vector<std::shared_ptr<Backend>> backends;
  for (std::size_t index = 0; index < plan.backends.size(); ++index) {
    std::shared_ptr<Backend> backend;
    if (before != nullptr) {
      const auto& specs = before->plan->backends;
      const auto same = std::find(specs.begin(), specs.end(), plan.backends[index]);
      if (same != specs.end()) backend = before->backends[static_cast<std::size_t>(same - specs.begin())];
    }
    const auto* coded = std::get_if<CodedSpec>(&plan.backends[index]);
    if (!backend && coded != nullptr) backend = make_coded(plan, *coded, backends);
    backends.push_back(backend ? std::move(backend) : make_one(plan.backends[index], pools[index]));
  }
  if (checks_ == Checks::yes) check_pools(pools);
  return backends;
}

// The fabric is there with and without routes to it: workers may come at any time.
std::shared_ptr<Backend> LoopBackends::make_one(const BackendSpec& spec, const std::shared_ptr<ServersPool>& pool) {
  if (const auto* mixed = std::get_if<MixedSpec>(&spec)) return make_mixed(*mixed, pool);
  if (pool) return std::make_shared<ServersBackend>(loop_, pool, servers_);
  if (const auto* files = std::get_if<FilesSpec>(&spec)) return make_files(*files);
  if (const auto* admin = std::get_if<AdminSpec>(&spec)) return std::make_shared<AdminBackend>(loop_, desk_, *admin);
  return workers_of(std::get<GroupSpec>(spec));
}

std::shared_ptr<Backend> LoopBackends::workers_of(const GroupSpec& spec) {
  Backend& backend = spec.group.empty() ? fabric_.backend() : fabric_.group(spec.group);
  return {&backend, [](Backend*) {}};
}

std::shared_ptr<Backend> LoopBackends::make_coded(const Plan& plan, const CodedSpec& spec, const Backends& made) {
  const BackendSpec inner = std::visit([](const auto& plain) { return BackendSpec(plain); }, spec.inner);
  const auto found = std::find(plan.backends.begin(), plan.backends.end(), inner);
  const auto index = static_cast<std::size_t>(found - plan.backends.begin());
  return std::make_shared<CodedBackend>(loop_, coders_, made[index], spec.terms);
}

std::shared_ptr<Backend> LoopBackends::make_mixed(const MixedSpec& spec, const std::shared_ptr<ServersPool>& pool) {
  std::vector<std::shared_ptr<Backend>> parts;
  if (pool) parts.push_back(std::make_shared<ServersBackend>(loop_, pool, servers_));
  for (const MixedSpec::Workers& workers : spec.workers) parts.push_back(workers_of(workers.group));
  return std::make_shared<MixedBackend>(spec, std::move(parts));
}

// A folder that is not there may come later; until then its paths are errors.
std::shared_ptr<Backend> LoopBackends::make_files(const FilesSpec& spec) {
  auto backend = std::make_shared<FilesBackend>(loop_, clock_, types_, spec);
  if (const auto started = backend->start(); !started && checks_ == Checks::yes) log::error(started.error().detail);
  return backend;
}

void LoopBackends::check_pools(const SharedPools& pools) {
  std::map<const ServersPool*, std::unique_ptr<HealthChecks>> checks;
  for (const auto& pool : pools) {
    if (!pool || !pool->spec().health.is_active) continue;
    auto& check = checks[pool.get()];
    if (const auto running = health_checks_.find(pool.get()); running != health_checks_.end()) {
      check = std::move(running->second);
    } else {
      check = std::make_unique<HealthChecks>(loop_, pool, servers_, std::random_device()());
    }
  }
  health_checks_ = std::move(checks);
}

}  // namespace zeroway
