// Each pool's workers, the order in which the workers are picked, and the streams that wait for a worker.
//
// Owner: Fabric.   Thread: one loop.
// Pure. Not here: which pool a request belongs to (router/route/route_table.h), the balance itself
// (router/route/balance.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "proto/frame.h"
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
  std::deque<StreamId> waiting;  // oldest first; streams that went elsewhere are skipped at the front
};

class Pools {
 public:
  explicit Pools(Balance balance) : balance_(balance) {}

  void join(PoolId pool, Worker& worker);
  // Takes the worker out of all pools. A pool without workers and without waiting streams is forgotten.
  void leave(Worker& worker);

  // The worker that takes the next stream, or nullptr when no worker has room. A silent worker is picked only when
  // there are no others. For a stream that was lost before, workers that have never answered a request come last.
  // `unclaimed` streams were dealt to each worker; they take room there until the router knows which worker has them.
  [[nodiscard]] Worker* pick(PoolId pool, Attempt attempt, Time now, std::size_t unclaimed);
  [[nodiscard]] std::deque<StreamId>& waiting(PoolId pool) { return at(pool).waiting; }
  // Empties all queues, each oldest first, and forgets the pools without workers.
  [[nodiscard]] std::vector<StreamId> take_waiting();
  [[nodiscard]] boost::unordered_flat_map<PoolId, std::unique_ptr<Pool>>& all() { return pools_; }

 private:
  [[nodiscard]] Pool& at(PoolId pool);
  enum class Among : std::uint8_t { proven, not_silent, all };
  [[nodiscard]] Worker* pick_from(Pool& pool, Attempt attempt, Time now, std::size_t unclaimed);
  [[nodiscard]] Worker* pick_among(Pool& pool, Among among, Time now, std::size_t unclaimed);

  Balance balance_;
  boost::unordered_flat_map<PoolId, std::unique_ptr<Pool>> pools_;
};

}  // namespace zeroway
