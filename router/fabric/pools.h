// Each pool's workers, and the order in which the workers are picked.
//
// Owner: Claims.   Thread: one loop.
// Pure. Not here: which pool a request belongs to (router/route/route_table.h), the balance itself
// (router/route/balance.h), the streams that wait for a worker (router/fabric/streams.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
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

// What counts when a worker is picked for a stream.
struct Wish {
  Attempt attempt = Attempt::first;  // again: workers that have never answered a request come last
  Time now{};
  std::size_t unclaimed = 0;  // streams that were dealt to each worker: they take room until it is known who has them
  bool is_by_load = false;    // to the worker with the fewest streams, whatever the balance is
  std::string_view key{};     // streams of one key go to one worker, as long as it has room; "" = by the balance
};

class Pools {
 public:
  explicit Pools(Balance balance) : balance_(balance) {}

  void join(PoolId pool, Worker& worker);
  // Takes the worker out of all pools. A pool without workers is forgotten.
  void leave(Worker& worker);

  // The pool has no members any more.
  void drop(PoolId pool);

  // Whether all streams of the pool go to its oldest worker.
  [[nodiscard]] bool is_exclusive(PoolId pool) const;
  // Of an exclusive pool: the worker that gets all new streams, or lets them wait; see oldest_worker.h.
  [[nodiscard]] Worker* oldest(PoolId pool) const;

  // Good until the pools change.
  [[nodiscard]] std::span<Worker* const> members(PoolId pool) const;

  // The worker that takes the next stream, or nullptr when no worker has room. A silent worker is picked only when
  // there are no others. One on standby is picked only when no active one is fit: it does not help out when those are
  // full. The workers of an exclusive realm are no balance: the oldest one takes all, or nobody.
  [[nodiscard]] Worker* pick(PoolId pool, const Wish& wish);

 private:
  [[nodiscard]] Pool& at(PoolId pool);
  enum class Among : std::uint8_t { proven, not_silent, all };
  enum class Standby : bool { rests, serves };
  [[nodiscard]] Worker* pick_from(Pool& pool, const Wish& wish);
  [[nodiscard]] Worker* pick_among(Pool& pool, Among among, Standby standby, const Wish& wish);
  [[nodiscard]] std::optional<std::size_t> pick_one(Pool& pool, const Wish& wish) const;

  Balance balance_;
  boost::unordered_flat_map<PoolId, std::unique_ptr<Pool>> pools_;
};

}  // namespace zeroway
