// Each pool's workers, and the order in which the workers are picked.
//
// Owner: Claims.   Thread: one loop.
// Pure. Not here: which pool a request belongs to (router/route/route_table.h), the balance itself
// (router/route/balance.h), the streams that wait for a worker (router/fabric/streams.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "router/exchange/backend.h"
#include "router/fabric/roster.h"
#include "router/observe/time.h"
#include "router/route/balance.h"
#include "router/settings/settings.h"

namespace zeroway {

struct Pool {
  std::vector<Worker*> members;
  std::vector<Candidate> candidates;  // one for each member, in the same order
  std::size_t rotation = 0;
};

class Pools {
 public:
  explicit Pools(Balance balance) : balance_(balance) {}

  void join(PoolId pool, Worker& worker);
  // Takes the worker out of all pools. A pool without workers is forgotten.
  void leave(Worker& worker);

  // Good until the pools change.
  [[nodiscard]] std::span<Worker* const> members(PoolId pool) const;

  // The worker that takes the next stream, or nullptr when no worker has room. A silent worker is picked only when
  // there are no others. For a stream that was lost before, workers that have never answered a request come last.
  // `unclaimed` streams were dealt to each worker; they take room there until the router knows which worker has them.
  [[nodiscard]] Worker* pick(PoolId pool, Attempt attempt, Time now, std::size_t unclaimed);

 private:
  [[nodiscard]] Pool& at(PoolId pool);
  enum class Among : std::uint8_t { proven, not_silent, all };
  [[nodiscard]] Worker* pick_from(Pool& pool, Attempt attempt, Time now, std::size_t unclaimed);
  [[nodiscard]] Worker* pick_among(Pool& pool, Among among, Time now, std::size_t unclaimed);

  Balance balance_;
  boost::unordered_flat_map<PoolId, std::unique_ptr<Pool>> pools_;
};

}  // namespace zeroway
