#include "router/circuits/circuit_pool.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "router/backends/servers_pool.h"
#include "router/plan/sticky_rule.h"

namespace zeroway {

PoolSpec pool_of(std::span<const CircuitSpec* const> specs) {
  PoolSpec pool;
  for (const CircuitSpec* spec : specs) {
    for (const ServerSpec& server : spec->servers) {
      const auto is_same = [&](const ServerSpec& one) { return one.name == server.name; };
      const auto same = std::find_if(pool.servers.begin(), pool.servers.end(), is_same);
      if (same == pool.servers.end()) {
        pool.servers.push_back(server);
      } else {
        *same = server;
      }
    }
  }
  const CircuitSpec& last = *specs.back();
  pool.name = last.path();
  pool.balance = BalanceMethod::weighted;
  if (last.sticky) make_sticky(pool, *last.sticky);
  pool.health = last.health;
  pool.may_be_idle = true;
  // Notebooks wait for their users: silence is no failure.
  pool.times = {
      .connect = last.connect_timeout, .read = std::chrono::milliseconds(0), .write = std::chrono::milliseconds(0)};
  return pool;
}

Result<> check_circuits(const CircuitChange& change) {
  const auto wrong = [](const CircuitSpec& spec, const std::string& why) {
    return Error{Fault::client, Code::bad_request, false, "circuit " + spec.id + why};
  };
  std::set<std::string_view> ids;
  for (const CircuitSpec& spec : change.put) {
    if (!ids.insert(spec.id).second) return wrong(spec, " is put twice");
    if (spec.servers.empty()) continue;
    const CircuitSpec* specs[] = {&spec};
    if (const auto pool = ServersPool::make(pool_of(specs)); !pool) return wrong(spec, ": " + pool.error().detail);
  }
  return {};
}

}  // namespace zeroway
