// Is it proven which peers are connected to deal? Streams may be dealt only after this proof. ZeroMQ's monitor is no
// proof: it reports a broken connection a moment before or after ZeroMQ detaches the connection. It also counts
// connections of peers that are no workers.
//
//     unsettled ── every worker of the open pool has sent back a ping that was dealt after the last break ──▶ settled
//         ▲──────────────── a deal connection broke off, or a worker came that has sent none ─────────────────┘
//
// A worker that sends a dealt ping back has a live deal connection. When all workers of the open pool have sent one
// back, and there are no more connections than workers, a stream can be dealt to no other peer.
//
// Owner: Proof.   Thread: one loop.
// Pure. Not here: the number of connections (router/fabric/evenness.h), the pings (router/fabric/ping_rounds.h).
#pragma once
#include <cstdint>
#include <vector>

#include "router/fabric/roster.h"

namespace zeroway {

class Settling {
 public:
  // A deal connection was accepted. Its handshake comes first; a round before the end of the handshake would leave it
  // out.
  void came() { is_somebody_new_ = true; }
  // A deal connection has finished its handshake and can be dealt to.
  void shook_hands();
  // A deal connection broke off. `epoch`: of the last dealt pings. Pings of this epoch or earlier prove nothing any
  // more.
  void broke(std::uint64_t epoch);
  // The set of workers that should be connected to deal has changed.
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
  bool is_somebody_new_ = false;  // a new connection has not finished its handshake, as far as we know
};

}  // namespace zeroway
