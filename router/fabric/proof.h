// What is proven about the workers and the streams that were dealt blindly: whether streams may be dealt at all, who is
// silent, and which dealt streams no worker has seen.
//
// Owner: Fabric.   Thread: one loop.
// The proof is made by dealt pings. Not here: the rounds (router/fabric/ping_rounds.h), whether the table is even
// (router/fabric/evenness.h), the choice between dealing and steering (router/fabric/placement.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>

#include "router/fabric/abandoned_streams.h"
#include "router/fabric/claims.h"
#include "router/fabric/fabric_context.h"
#include "router/fabric/ping_rounds.h"
#include "router/fabric/post.h"
#include "router/fabric/settling.h"
#include "router/fabric/streams.h"

namespace zeroway {

class Proof {
 public:
  Proof(FabricContext& context, Streams& streams, Post& post, const Claims& claims)
      : context_(context), streams_(streams), post_(post), claims_(claims) {}

  // Whether the next stream may be dealt: each worker is sure to have room for it.
  [[nodiscard]] bool may_deal();
  // The stream's opening was dealt just now.
  void dealt(FabricStream& stream);
  // Whether the stream was given up, although a worker may have it. Answers once for each stream.
  [[nodiscard]] bool take_abandoned(StreamId id) { return abandoned_.take(id); }

  // The deal socket has so many peers; see WireEvents.
  void deal_came(std::size_t connections);
  void deal_broke(std::size_t connections);
  void deal_shook_hands();
  // A worker came, went, or may be dealt to again.
  void roster_changed();
  // The state of a worker changed: look again whether the table is even.
  void table_changed() { is_table_known_ = false; }

  // The worker is leaving: from now on a ping is out that proves when the worker has read all streams dealt to it.
  // False when nothing was dealt to it.
  [[nodiscard]] bool begin_leaving(Worker& worker);
  [[nodiscard]] static bool has_read_all(const Worker& worker) {
    return worker.leave_epoch != 0 && worker.last_pong >= worker.leave_epoch;
  }
  // The worker sent the dealt ping of `epoch` back.
  void pong(Worker& worker, std::uint64_t epoch);

  // Called when a message was read to its end: the claim of a stream may stand behind the pong that completes a round.
  void end_round_if_complete();
  // Begins a round if something changed that must be asked about. Called at the end of a turn.
  void turn_end();
  // Finds those that are late. See Fabric::judge().
  void judge();
  void forget_old() { abandoned_.trim(context_.now); }
  // The loop did not run: nobody is late by that time.
  void lost_time();
  // Whether an answer is awaited, so that the time should be told often.
  [[nodiscard]] bool is_busy() const { return streams_.dealt() > 0 || rounds_.is_out() || wants_to_settle(); }

 private:
  enum class Seen : bool { maybe, by_nobody };

  void look_at_table();
  [[nodiscard]] std::string_view why_not_dealing();
  void deal_changed(std::size_t connections);
  [[nodiscard]] bool has_change_to_ask_about();
  [[nodiscard]] bool wants_to_settle() const;
  [[nodiscard]] bool wants_round() const;
  void begin_round();
  void repeat_round();
  void round_is_complete();
  void round_is_late();
  void end_round();
  [[nodiscard]] bool has_everybody_answered() const;
  void find_silent();
  void is_back(Worker& worker);
  void trim_unclaimed();
  // Gives up the streams that were dealt before that epoch and that no worker claimed.
  void give_up_unclaimed(std::uint64_t before, Seen seen);

  FabricContext& context_;
  Streams& streams_;
  Post& post_;
  const Claims& claims_;
  PingRounds rounds_;
  Settling settling_;
  AbandonedStreams abandoned_;
  std::deque<StreamId> dealt_order_;  // dealt streams, oldest first; claimed streams are skipped
  std::size_t deal_connections_ = 0;
  std::uint64_t deal_breaks_ = 0;
  // The result of the last look_at_table().
  bool is_table_known_ = false;
  bool is_even_ = false;
  bool is_dealing_ = false;  // even, and settled
  std::uint32_t smallest_capacity_ = 0;
};

}  // namespace zeroway
