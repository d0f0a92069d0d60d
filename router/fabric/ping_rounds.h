// Rounds of dealt pings: one ping to each deal connection, all pings of one epoch. When all pings are back, the workers
// have read every stream that was dealt before the round began. So no live worker has a stream that is still unclaimed.
//
//     idle ── begin ──▶ out ── all answered ──▶ idle
//                        ├── repeat: one more ping each, an answer to any of them counts ──▶ out
//                        └── begin again: the old epochs no longer count ──▶ out
//
// A ping is lost when ZeroMQ deals it to a connection that has broken off but is not detached yet. A connection that is
// not attached yet gets no ping. Both states are over in a moment, and a repetition reaches every connection.
//
// Epochs grow by steps that a peer cannot guess: a worker that does not read its dealt messages cannot answer.
//
// Owner: Proof.   Thread: one loop.
// Pure. Not here: sending the pings, deciding what to do with unclaimed streams (router/fabric/proof.h).
#pragma once
#include <cstdint>
#include <deque>
#include <vector>

#include "router/fabric/roster.h"
#include "router/observe/time.h"

namespace zeroway {

class PingRounds {
 public:
  // A new round over `connections` peers. Returns its epoch.
  std::uint64_t begin(Time now, std::size_t connections);
  // The round that is out goes to all of `connections` once more. Returns the epoch of these pings.
  std::uint64_t repeat(Time now, std::size_t connections);
  // A worker sent a ping of `epoch` back. False when the ping is not of this round, or when the worker answered
  // already.
  [[nodiscard]] bool answer(std::uint64_t epoch, WorkerKey worker);
  void end() { is_out_ = false; }
  // The round that is out counts as begun now, because the router could not read any answer before.
  void lost_time(Time now) { began_ = now; }
  // Whether pings of `epoch` were dealt, not too long ago.
  [[nodiscard]] bool has_dealt(std::uint64_t epoch) const;

  [[nodiscard]] bool is_out() const { return is_out_; }
  // Every connection answered.
  [[nodiscard]] bool is_complete() const { return is_out_ && answers_.size() >= connections_; }
  [[nodiscard]] bool has_answered(WorkerKey worker) const;
  // epoch() is the epoch of the last pings, first_epoch() of this round's first pings. The round proves only that the
  // streams dealt before those first pings have been read.
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] std::uint64_t first_epoch() const { return first_epoch_; }
  [[nodiscard]] Time began() const { return began_; }
  // When a round that is out should be repeated: sooner at first, then ever less often.
  [[nodiscard]] Time repeat_at() const { return repeat_at_; }

 private:
  void begin_epoch();

  std::uint64_t epoch_ = 0;
  std::deque<std::uint64_t> dealt_;  // the latest epochs
  std::uint64_t first_epoch_ = 0;
  std::size_t connections_ = 0;
  std::vector<WorkerKey> answers_;
  Time began_{};
  Time repeat_at_{};
  bool is_out_ = false;
};

}  // namespace zeroway
