#include "router/backends/servers_pool.h"

#include <string>
#include <utility>
#include <vector>

#include "router/backends/limits.h"
#include "router/observe/events.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

bool is_same_address(const ServerSpec& one, const ServerSpec& other) {
  return one.scheme == other.scheme && one.host == other.host && one.port == other.port &&
         one.socket_path == other.socket_path;
}

}  // namespace

Result<std::shared_ptr<ServersPool>> ServersPool::make(PoolSpec spec, const ServersPool* before, std::uint64_t seed) {
  std::vector<ChooserMember> members;
  for (const ServerSpec& server : spec.servers) {
    const std::uint32_t weight = server.state == ServerSpec::State::draining ? 0 : server.weight;
    members.push_back({.name = server.name, .weight = weight, .max_open = server.max_conns});
  }
  const auto idle = spec.may_be_idle ? Chooser::Idle::allowed : Chooser::Idle::refused;
  auto chooser = Chooser::make(spec.balance, std::move(members), seed, idle);
  if (!chooser) return chooser.error();
  auto tls = load_origin_tls(spec.servers);
  if (!tls) return tls.error();
  return std::shared_ptr<ServersPool>(new ServersPool(std::move(spec), std::move(*chooser), std::move(*tls), before));
}

ServersPool::ServersPool(PoolSpec spec, std::unique_ptr<Chooser> chooser, std::vector<std::optional<OriginTls>> tls,
                         const ServersPool* before)
    : spec_(std::move(spec)), chooser_(chooser.get()), tls_(std::move(tls)) {
  choosers_.push_back(std::move(chooser));
  const HealthRules rules{.fall = spec_.health.fall,
                          .probe_fall = spec_.health.retries,
                          .rise = spec_.health.rise,
                          .back_off = spec_.health.back_off};
  for (const ServerSpec& server : spec_.servers) {
    health_.emplace_back(rules, before ? before->state_of(server) : HealthState{});
  }
}

std::size_t ServersPool::hold(std::string_view name, bool is_held) {
  std::size_t count = 0;
  for (std::size_t index = 0; index < size(); ++index) {
    if (server(index).name != name) continue;
    health_[index].hold(is_held);
    ++count;
  }
  if (count > 0) bell_.ring();
  return count;
}

Result<std::size_t> ServersPool::weigh(std::string_view name, std::uint32_t weight) {
  std::size_t count = 0;
  for (std::size_t index = 0; index < size(); ++index) {
    if (server(index).name != name) continue;
    if (choosers_.size() > kMostWeightChanges)
      return Error{
          Fault::router, Code::internal, false,
          "the weights of pool " + spec_.name + " were changed " + std::to_string(kMostWeightChanges) + " times"};
    auto changed = chooser().with_weight(index, weight);
    if (!changed) return changed.error();
    choosers_.push_back(std::move(*changed));
    chooser_.store(choosers_.back().get(), std::memory_order_release);
    ++count;
  }
  if (count > 0) bell_.ring();
  return count;
}

std::string ServersPool::state(std::size_t index, Time now) const {
  const ServerSpec::State state = server(index).state;
  const std::string health = health_[index].text(now);
  return state == ServerSpec::State::active ? health : std::string(to_text(state)) + ", " + health;
}

bool ServersPool::takes_new_clients(std::size_t index, Time now) const {
  return server(index).state != ServerSpec::State::draining && health_[index].is_fit(now);
}

void ServersPool::tell_change(std::size_t index, bool was_fit, Time now, std::string_view why) const {
  const bool is_fit = health_[index].is_fit(now);
  if (is_fit == was_fit) return;
  const std::string who = "server " + server(index).name + " of pool " + spec_.name;
  const std::string line =
      is_fit ? who + " is back" : who + " is " + health_[index].text(now) + ": " + std::string(why);
  log::write(is_fit ? log::Level::info : log::Level::warning, line);
  tell_event(is_fit ? Event::Kind::server_up : Event::Kind::server_down, server(index).name, line);
}

HealthState ServersPool::state_of(const ServerSpec& server) const {
  for (std::size_t index = 0; index < size(); ++index) {
    if (is_same_address(spec_.servers[index], server)) return health_[index].state();
  }
  return {};
}

}  // namespace zeroway
