// What ip_hash and hash go by in one request.
//
// Owner: nobody; a free function.   Thread: one loop.
// Not here: what becomes of the key (route/chooser.h, route/part_chooser.h).
#pragma once
#include <string>

#include "router/exchange/backend.h"
#include "router/plan/pool_spec.h"

namespace zeroway {

// The key of the client's affinity, where it has one. "" where the pool's balance has no key, and for a request that
// does not have the field.
[[nodiscard]] inline std::string balance_key(const PoolSpec& pool, const BackendRequest& request) {
  const bool is_bound = request.affinity != nullptr && !request.affinity->key.empty();
  const bool is_keyed = pool.balance == BalanceMethod::ip_hash || pool.balance == BalanceMethod::hash ||
                        pool.balance == BalanceMethod::weighted;
  if (is_keyed && is_bound) return request.affinity->key;
  if (pool.balance == BalanceMethod::ip_hash) return request.client.address;
  if (pool.balance != BalanceMethod::hash) return {};
  return std::string(request.head.find(pool.hash_field).value_or(""));
}

}  // namespace zeroway
