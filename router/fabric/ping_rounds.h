// Rounds of dealt pings: one to each deal connection, all of one epoch. When all are back, whatever was dealt before
// the round began has been read by its worker, so a stream that nobody claimed is with nobody alive.
//
//     idle ── begin ──▶ out ── all answered ──▶ idle
//                        └── begin again: the old epoch no longer counts ──▶ out
//
// Owner: Fabric.   Thread: one loop.
// Pure. Not here: sending the pings, deciding what to do with unclaimed streams (router/fabric/fabric.h).
#pragma once
#include <cstdint>
#include <vector>

#include "router/fabric/roster.h"
#include "router/observe/time.h"

namespace zeroway {

class PingRounds {
 public:
  // A new round over `connections` peers. Returns its epoch.
  std::uint64_t begin(Time now, std::size_t connections);
  // A worker sent a ping of `epoch` back. False when it is not this round's, or it answered already.
  [[nodiscard]] bool answer(std::uint64_t epoch, WorkerKey worker);
  void end() { is_out_ = false; }

  [[nodiscard]] bool is_out() const { return is_out_; }
  // Every connection answered.
  [[nodiscard]] bool is_complete() const { return is_out_ && answers_.size() >= connections_; }
  [[nodiscard]] bool has_answered(WorkerKey worker) const;
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] Time began() const { return began_; }

 private:
  std::uint64_t epoch_ = 0;
  std::size_t connections_ = 0;
  std::vector<WorkerKey> answers_;
  Time began_{};
  bool is_out_ = false;
};

}  // namespace zeroway
