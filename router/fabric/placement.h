// Where a new stream goes: it is dealt to the next worker in turn, steered to one worker, or waits for room.
//
// Owner: Fabric.   Thread: one loop.
// Not here: whether streams may be dealt (router/fabric/proof.h), which worker of a pool is picked
// (router/fabric/pools.h), the bounds of waiting (router/backends/line.h).
#pragma once
#include <cstdint>
#include <vector>

#include "proto/hpack.h"
#include "router/fabric/claims.h"
#include "router/fabric/fabric_context.h"
#include "router/fabric/post.h"
#include "router/fabric/proof.h"
#include "router/fabric/rebalancer.h"
#include "router/fabric/startup_grace.h"
#include "router/fabric/streams.h"

namespace zeroway {

class Placement {
 public:
  struct Parts {
    Streams& streams;
    Post& post;
    Claims& claims;
    Proof& proof;
    const Rebalancer& rebalancer;
  };
  Placement(FabricContext& context, const Parts& parts)
      : context_(context),
        streams_(parts.streams),
        post_(parts.post),
        claims_(parts.claims),
        proof_(parts.proof),
        rebalancer_(parts.rebalancer) {}

  // The stream is placed at the end of this turn. Until then frames may be added to its opening.
  void gather(const FabricStream& stream);
  // Places the gathered streams, and the waiting ones if there may be room. Called at the end of a turn.
  void turn_end();
  // Ends the streams that have waited too long; the others are looked at again at the end of this turn.
  void expire();

  // Workers can reach the router from now on.
  void bound() { grace_.bound(context_.now); }
  // Whether workers that are not known yet may connect soon: the router has begun a moment ago, or knows nobody.
  [[nodiscard]] bool may_more_workers_come() const {
    return context_.roster.all().empty() || !grace_.is_over(context_.now);
  }
  // A worker joins; the roster does not have it yet.
  void worker_joins(Arrival arrival);

 private:
  void place(FabricStream& stream);
  [[nodiscard]] bool deal_or_steer(FabricStream& stream);
  [[nodiscard]] bool deal(FabricStream& stream);
  [[nodiscard]] bool steer(FabricStream& stream);
  [[nodiscard]] bool steer_to_wanted(FabricStream& stream);
  void hand(FabricStream& stream, Worker& worker);
  [[nodiscard]] Line::Queue queue_of(const FabricStream& stream) const;
  void wait(FabricStream& stream);
  void serve_waiting();
  [[nodiscard]] Error wait_is_over(PoolId pool) const;

  // What becomes of streams whose path no worker claims.
  enum class Unclaimed : std::uint8_t { open_pool_has_them, they_wait, they_are_refused };
  [[nodiscard]] Unclaimed unclaimed_streams() const;
  void refuse(FabricStream& stream);
  void refuse_waiting(PoolId pool);
  // Has the exchanges of WebSockets that no worker has look again where they belong: a path is that of sessions of WAMP
  // as soon as there is a realm.
  void ask_web_sockets_again();
  // Puts each stream that has no worker yet into the pool where it belongs now.
  void route_again();
  [[nodiscard]] PoolId pool_of(const FabricStream& stream);

  FabricContext& context_;
  Streams& streams_;
  Post& post_;
  Claims& claims_;
  Proof& proof_;
  const Rebalancer& rebalancer_;
  StartupGrace grace_;
  std::vector<StreamId> gathering_;
  HpackDecoder decoder_;
  Head scratch_;  // reused for each head that is read
};

}  // namespace zeroway
