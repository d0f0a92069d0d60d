#include "router/loop_backends.h"

#include <unistd.h>

#include <algorithm>
#include <random>
#include <utility>

#include "router/admin/admin_backend.h"
#include "router/backends/coded_backend.h"
#include "router/backends/files/files_backend.h"
#include "router/backends/mixed_backend.h"
#include "router/backends/node_info.h"
#include "router/backends/page_backend.h"
#include "router/backends/raw_socket_backend.h"
#include "router/backends/servers_backend.h"
#include "router/backends/tunnel_backend.h"
#include "router/backends/wamp/wamp_backend.h"
#include "router/observe/log.h"
#include "router/plan/file_digest.h"

namespace zeroway {

std::vector<std::shared_ptr<Backend>> LoopBackends::make(const Plan& plan, const SharedPools& pools,
                                                         const SharedCookies& cookies, const LoopPlan* before) {
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
    const auto* tunnel = std::get_if<TunnelSpec>(&plan.backends[index]);
    if (!backend && tunnel != nullptr) backend = make_tunnel(plan, *tunnel, backends);
    const auto* wamp = std::get_if<WampSpec>(&plan.backends[index]);
    if (!backend && wamp != nullptr) backend = make_wamp(plan, *wamp, backends, cookies[index]);
    backends.push_back(backend ? std::move(backend) : make_one(plan.backends[index], pools[index]));
  }
  if (before != nullptr) tell_replaced(plan);
  if (checks_ == Checks::yes) check_pools(pools);
  return backends;
}

// The fabric is there with and without routes to it: workers may come at any time.
std::shared_ptr<Backend> LoopBackends::make_one(const BackendSpec& spec, const std::shared_ptr<ServersPool>& pool) {
  if (const auto* mixed = std::get_if<MixedSpec>(&spec)) return make_mixed(*mixed, pool);
  if (pool) return make_servers(pool);
  if (const auto* files = std::get_if<FilesSpec>(&spec)) return make_files(*files);
  if (const auto* page = std::get_if<PageSpec>(&spec)) return make_page(*page);
  if (const auto* admin = std::get_if<AdminSpec>(&spec)) return std::make_shared<AdminBackend>(loop_, desk_, *admin);
  return workers_of(std::get<GroupSpec>(spec));
}

std::shared_ptr<Backend> LoopBackends::make_servers(const std::shared_ptr<ServersPool>& pool) {
  auto backend = std::make_shared<ServersBackend>(loop_, pool, servers_);
  made_servers_.emplace_back(backend, pool);
  return backend;
}

// Requests of an earlier plan go on at its backends.
void LoopBackends::tell_replaced(const Plan& plan) {
  std::erase_if(made_servers_, [](const auto& one) { return one.first.expired(); });
  for (const auto& [backend, pool] : made_servers_) {
    const PoolSpec* now = nullptr;
    for (const BackendSpec& spec : plan.backends)
      if (const PoolSpec* one = servers_of(spec); one != nullptr && one->name == pool->spec().name) now = one;
    if (now == nullptr || *now != pool->spec()) backend.lock()->replaced_by(now);
  }
}

std::shared_ptr<Backend> LoopBackends::workers_of(const GroupSpec& spec) {
  Backend& backend = spec.group.empty() ? fabric_.backend() : fabric_.group(spec.group);
  return {&backend, [](Backend*) {}};
}

namespace {

Page page_of(const PageSpec& spec) {
  Page page;
  page.content = spec.text;
  page.type = "application/json";
  page.etag = "\"" + sha256_hex(spec.text).substr(0, 32) + "\"";
  page.cache_control = spec.cache_control;
  page.any_origin = spec.any_origin;
  return page;
}

// The backend of `plan` that is as `spec` says.
std::shared_ptr<Backend> made_for(const BackendSpec& spec, const Plan& plan,
                                  const std::vector<std::shared_ptr<Backend>>& made) {
  const auto found = std::find(plan.backends.begin(), plan.backends.end(), spec);
  return made[static_cast<std::size_t>(found - plan.backends.begin())];
}

RawSocketTerms terms_of(const RealmSpec& realm, const WampSpec& spec) {
  const std::size_t most = realm.most > 0 ? realm.most : spec.most;
  return {most > 0 ? std::min(most, kMostRawSocket) : kMostRawSocket, realm.pool.times.connect};
}

// The one that another one wraps; it is in front of that one.
template <class Wrapping>
std::shared_ptr<Backend> wrapped_by(const Wrapping& spec, const Plan& plan,
                                    const std::vector<std::shared_ptr<Backend>>& made) {
  return made_for(std::visit([](const auto& plain) { return BackendSpec(plain); }, spec.inner), plan, made);
}

}  // namespace

std::shared_ptr<Backend> LoopBackends::make_coded(const Plan& plan, const CodedSpec& spec, const Backends& made) {
  return std::make_shared<CodedBackend>(loop_, coders_, wrapped_by(spec, plan, made), spec.terms);
}

std::shared_ptr<Backend> LoopBackends::make_tunnel(const Plan& plan, const TunnelSpec& spec, const Backends& made) {
  return std::make_shared<TunnelBackend>(loop_, wrapped_by(spec, plan, made));
}

std::shared_ptr<Backend> LoopBackends::make_wamp(const Plan& plan, const WampSpec& spec, const Backends& made,
                                                 const std::shared_ptr<CookieStore>& cookies) {
  Backends dialled;
  for (const RealmSpec& realm : spec.realms) {
    auto backend = made_for(BackendSpec(realm.pool), plan, made);
    if (realm.transport == RealmSpec::Transport::raw_socket)
      backend = std::make_shared<RawSocketBackend>(loop_, std::move(backend), terms_of(realm, spec));
    dialled.push_back(std::move(backend));
  }
  std::unique_ptr<const WampDoor> door;
  if (spec.auth) door = std::make_unique<const WampDoor>(*spec.auth, clock_, cookies);
  return std::make_shared<WampBackend>(loop_, spec, std::move(dialled), &fabric_.realms(), wamp_, std::move(door));
}

std::shared_ptr<Backend> LoopBackends::make_mixed(const MixedSpec& spec, const std::shared_ptr<ServersPool>& pool) {
  std::vector<std::shared_ptr<Backend>> parts;
  if (pool) parts.push_back(make_servers(pool));
  for (const MixedSpec::Workers& workers : spec.workers) parts.push_back(workers_of(workers.group));
  return std::make_shared<MixedBackend>(spec, std::move(parts));
}

// A folder that is not there may come later; until then its paths are errors.
std::shared_ptr<Backend> LoopBackends::make_files(const FilesSpec& spec) {
  auto backend = std::make_shared<FilesBackend>(loop_, clock_, types_, spec);
  if (const auto started = backend->start(); !started && checks_ == Checks::yes) log::error(started.error().detail);
  return backend;
}

std::shared_ptr<Backend> LoopBackends::make_page(const PageSpec& spec) {
  auto page = std::make_shared<Page>(page_of(spec));
  if (spec.kind == PageSpec::Kind::document)
    return std::make_shared<PageBackend>(loop_, [page](const Head&) -> const Page& { return *page; });
  return std::make_shared<PageBackend>(loop_, [this, page](const Head& request) -> const Page& {
    const NodeInfo info{ZEROWAY_VERSION, ::getpid(), began_, clock_.wall_now(), fabric_.members().size()};
    return *page = info_page(info, request.find("accept").value_or(""));
  });
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
