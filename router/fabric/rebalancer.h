// Asks the clients of long streams to come again after a worker has joined, so that it gets its share of them.
//
// Owner: Fabric.   Thread: one loop.
// Long are WebSockets, and gRPC calls that are open for kLongCall. Each loop hands over its own streams, and has its
// part of FabricSettings::rebalance. Clients that are bound to a worker stay with it, and so do connections of TCP
// services. Workers on standby and those of exclusive realms take no part. Not here: how many
// (router/fabric/rebalance.h), how a client is asked (exchange/reply_sink.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <memory>
#include <vector>

#include "router/fabric/claims.h"
#include "router/fabric/fabric_context.h"
#include "router/fabric/rebalance.h"
#include "router/fabric/streams.h"

namespace zeroway {

class Rebalancer {
 public:
  // `loops`: of the router.
  Rebalancer(FabricContext& context, Streams& streams, const Claims& claims, std::size_t loops);

  // The worker has joined the pools that it is in.
  void joined(const Worker& worker);
  // Asks the clients of the streams that are due. Called at ticks: short ones while is_handing_over().
  void look();
  [[nodiscard]] bool is_handing_over() const { return handing_over_ > 0; }
  // Whether this new stream goes to the worker with the fewest: long streams do, until clients that were asked have had
  // time to come again. Else they would come back to where they were.
  [[nodiscard]] bool wants_by_load(const FabricStream& stream) const {
    return !pools_.empty() && (stream.is_websocket || stream.is_grpc) && pools_.contains(stream.pool);
  }

 private:
  struct Pool {
    explicit Pool(double per_second) : rebalance(per_second) {}
    Rebalance rebalance;
    Time active{};  // a worker joined, or a stream was handed over
  };

  [[nodiscard]] bool is_long(const FabricStream& stream) const;
  [[nodiscard]] static bool may_move(const FabricStream& stream);
  [[nodiscard]] std::vector<LongStreams> streams_of(PoolId pool) const;
  void look_at(PoolId id, Pool& pool);
  void ask(PoolId pool, const HandOver& due);

  FabricContext& context_;
  Streams& streams_;
  const Claims& claims_;
  const double per_second_;  // of this loop, for each pool; 0 = nothing is ever handed over
  Time looked_{};
  std::size_t handing_over_ = 0;  // pools
  boost::unordered_flat_map<PoolId, std::unique_ptr<Pool>> pools_;
};

}  // namespace zeroway
