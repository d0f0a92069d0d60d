// Asks each server of a pool now and then how it is, by a request of our own, and tells the pool.
//
// Owner: the router keeps one for each pool that wants it, on one loop only: the answer is for all loops.
// Thread: that loop. Each check has a connection of its own. The first one comes after a random part of the interval,
// and the others are spread a little: servers do not see all checks of a fleet of routers in the same second.
// Not here: what the answers do to the pool (route/member_health.h), requests of clients (backends/servers_backend.h).
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "router/backends/origin_dialer.h"
#include "router/backends/servers_pool.h"

namespace zeroway {

// Whether a loop asks the servers how they are: one of the process does.
enum class Checks : bool { no, yes };

class HealthChecks {
 public:
  // `seed`: any number; another one in each process. `dialer` outlives the checks.
  HealthChecks(Loop& loop, std::shared_ptr<ServersPool> pool, OriginDialer& dialer, std::uint64_t seed);
  ~HealthChecks();

 private:
  class Check;

  const std::shared_ptr<ServersPool> pool_;
  std::vector<std::unique_ptr<Check>> checks_;
};

}  // namespace zeroway
