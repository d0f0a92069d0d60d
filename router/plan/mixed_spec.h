// A pool with servers and workers in it, as the plan knows it, and the workers of one group.
//
// Owner: the plan; a value.   Thread: any; never changed.
// Not here: how a request finds its part of the pool (router/backends/mixed_backend.h), pools of servers alone
// (plan/pool_spec.h).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "router/plan/pool_spec.h"

namespace zeroway {

// The workers of one group; "" = those of the open pool and those that claim paths.
struct GroupSpec {
  std::string group;

  bool operator==(const GroupSpec&) const = default;
};

struct MixedSpec {
  // All workers of one group are one member: how many there are is nothing that a file knows.
  struct Workers {
    GroupSpec group;
    std::uint32_t weight = 1;  // 0 = no traffic

    bool operator==(const Workers&) const = default;
  };

  PoolSpec servers;  // also name and balance of the whole pool; without servers: only workers are in it
  std::vector<Workers> workers;
  bool are_workers_first = false;  // in the file: for BalanceMethod::first

  bool operator==(const MixedSpec&) const = default;
};

}  // namespace zeroway
