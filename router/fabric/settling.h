// Is it proven which peers are on deal? Only then may streams be dealt. ZeroMQ's monitor does not prove it: it tells
// that a connection broke off a moment before or after ZeroMQ lets go of it, and it counts a stranger's connection as
// well.
//
//     unsettled ── every worker of the open pool has sent back a ping that was dealt after the last break ──▶ settled
//         ▲──────────────── a deal connection broke off, or a worker came that has not ───────────────────────┘
//
// A worker that sends a dealt ping back has a deal connection that is alive. When all workers of the open pool have
// done so, and there are no more connections than workers, a stream can be dealt to no other peer.
//
// Owner: Fabric.   Thread: one loop.
// Pure. Not here: the number of connections (router/fabric/evenness.h), the pings (router/fabric/ping_rounds.h).
#pragma once
#include <cstdint>
#include <vector>

#include "router/fabric/roster.h"

namespace zeroway {

class Settling {
 public:
  // A deal connection came: it shakes hands first, and a round before that would leave it out.
  void came() { is_somebody_new_ = true; }
  // One has shaken hands and can be dealt to.
  void shook_hands();
  // One broke off. `epoch`: of the last pings dealt; none of them proves anything any more.
  void broke(std::uint64_t epoch);
  // Other workers should be on deal than before.
  void roster_changed() { is_round_wanted_ = true; }
  void round_began() { is_round_wanted_ = false; }

  [[nodiscard]] bool is_settled(const std::vector<Worker*>& open_pool) const;
  // No round has begun since something changed.
  [[nodiscard]] bool wants_round() const { return is_round_wanted_; }
  [[nodiscard]] bool is_somebody_new() const { return is_somebody_new_; }
  // The first epoch that proves something.
  [[nodiscard]] std::uint64_t proving_from() const { return proving_from_; }

 private:
  std::uint64_t proving_from_ = 1;
  bool is_round_wanted_ = false;
  bool is_somebody_new_ = false;  // has not shaken hands, as far as we know
};

}  // namespace zeroway
