// Who wants to know when the last stream of a pool, or of the whole fabric, is over.
//
// Owner: Fabric.   Thread: one loop.
// Not here: refusing new streams (router/fabric/fabric.h, router/fabric/fabric_group.h).
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "router/fabric/streams.h"
#include "router/route/route_table.h"

namespace zeroway {

class Retirements {
 public:
  // `empty` is called once, by tell(). Without a pool all streams count.
  void add(std::optional<PoolId> pool, std::function<void()> empty);
  // Tells those whose streams are over. Looks at all streams while anybody waits for a pool, so not in every turn.
  void tell(const Streams& streams);

 private:
  struct Retirement {
    std::optional<PoolId> pool;
    std::function<void()> empty;
  };

  std::vector<Retirement> retirements_;
};

}  // namespace zeroway
