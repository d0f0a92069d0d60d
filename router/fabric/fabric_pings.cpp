// Dealt pings, heartbeats and time.
#include <algorithm>
#include <string>
#include <utility>

#include "router/fabric/fabric.h"
#include "router/fabric/limits.h"
#include "router/fabric/words.h"
#include "router/observe/log.h"

namespace zeroway {
namespace {

// Dealt pings, and the PINGs that prove what a worker has read, have other bytes.
constexpr std::uint64_t kHeartbeatPing = 0;

}  // namespace

void Fabric::deal_came(std::size_t connections) {
  settling_.came();
  deal_changed(connections);
}

void Fabric::deal_shook_hands() {
  settling_.shook_hands();
  deal_changed(deal_connections_);
}

void Fabric::deal_broke(std::size_t connections) {
  ++deal_breaks_;
  settling_.broke(rounds_.epoch());
  deal_changed(connections);
}

void Fabric::deal_changed(std::size_t connections) {
  deal_connections_ = connections;
  table_changed();
  wants_turn_end_();
}

// Peers may come and go without end, so they start at most one round in each kRoundPause.
bool Fabric::has_change_to_ask_about() {
  if (!settling_.wants_round()) return false;
  look_at_table();
  if (now_ - rounds_.began() < kRoundPause) return false;
  // The round that is out waits for a peer that is gone. Also, the router must find the streams of that peer now.
  const bool has_lost = rounds_.first_epoch() < settling_.proving_from() && (dealt_count_ > 0 || rounds_.is_out());
  return has_lost || wants_to_settle();
}

// Settling is of no use on an uneven table.
bool Fabric::wants_to_settle() const {
  return is_table_known_ && is_even_ && !is_dealing_ && settling_.wants_round() && !settling_.is_somebody_new();
}

void Fabric::begin_round() {
  settling_.round_began();
  const std::uint64_t epoch = rounds_.begin(now_, deal_connections_);
  ++counters_.ping_rounds;
  for (Worker* worker : roster_.open_pool())
    if (worker->owes_since == Time{}) worker->owes_since = now_;
  deal_pings(epoch);
  if (rounds_.is_complete()) round_is_complete();
}

void Fabric::repeat_round() {
  deal_pings(rounds_.repeat(now_, deal_connections_));
  if (rounds_.is_complete()) round_is_complete();
}

void Fabric::deal_pings(std::uint64_t epoch) {
  single_message_.clear();
  single_message_.ping(epoch, Ack::no);
  wire_.take_note();  // connections that have just finished their handshake are not left out
  // In a row, with no other message between them: each ping reaches another peer.
  for (std::size_t i = 0; i < deal_connections_; ++i)
    if (!wire_.deal(single_message_.bytes())) break;
}

Result<> Fabric::answer_ping(Worker& worker, std::uint64_t opaque) {
  if (!answers_.take(worker.connection, now_))
    return Error{Fault::backend, Code::frame_error, false,
                 "over " + std::to_string(kAnswersPerSecond) + " PINGs and HELLOs in a second"};
  outbox(worker).ping(opaque, Ack::yes);
  return {};
}

Result<> Fabric::pong(Worker& worker, const Frame& frame) {
  const auto epoch = read_ping(frame);
  if (!epoch) return epoch.error();
  if (!frame.has(kFlagAck)) return answer_ping(worker, *epoch);
  if (unread_bytes_.proven(worker.connection, *epoch) || !rounds_.has_dealt(*epoch)) return {};
  if (*epoch > worker.last_pong) {
    worker.last_pong = *epoch;
    worker.owes_since = *epoch >= rounds_.first_epoch() ? Time{} : now_;
    table_changed();
  }
  if (worker.leave_epoch != 0 && *epoch >= worker.leave_epoch) confirm_leaving(worker);
  if (!rounds_.answer(*epoch, worker.key)) return {};
  if (worker.is_silent) {
    worker.is_silent = false;
    leave_log_.write(now_, "worker " + name_of(worker) + " is back after " + show_ms(now_ - worker.silent_since),
                     log::Level::info);
    roster_changed();
  }
  return {};
}

void Fabric::round_is_complete() {
  end_round();
  table_changed();
  give_up_unclaimed(rounds_.first_epoch(), Proof::nobody_saw_it);
}

// Each worker is judged by the time since it owes a ping: rounds may begin anew so often that no round gets old.
void Fabric::find_silent() {
  bool is_anybody = false;
  for (Worker* worker : roster_.open_pool()) {
    if (worker->is_silent || worker->owes_since == Time{} || now_ - worker->owes_since < settings_.ping_late) continue;
    worker->is_silent = is_anybody = true;
    worker->silent_since = now_;
    leave_log_.write(now_,
                     "worker " + name_of(*worker) + " is silent: a dealt ping is not back after " +
                         std::to_string(settings_.ping_late.count()) + " ms",
                     log::Level::info);
  }
  if (!is_anybody) return;
  ++counters_.pings_late;
  table_changed();
}

void Fabric::round_is_late() {
  if (!knows_everybody_answered()) return;
  // The peer that did not send its ping back has never sent HELLO. It may have seen streams that were dealt before.
  end_round();
  give_up_unclaimed(rounds_.first_epoch(), Proof::none);
}

void Fabric::end_round() {
  rounds_.end();
  for (Worker* worker : roster_.open_pool()) worker->owes_since = {};
}

bool Fabric::knows_everybody_answered() const {
  for (const Worker* worker : roster_.open_pool())
    if (!rounds_.has_answered(worker->key)) return false;
  return true;
}

void Fabric::trim_unclaimed() {
  while (!dealt_order_.empty()) {
    const FabricStream* stream = streams_.find(dealt_order_.front());
    if (stream != nullptr && stream->place == Place::dealt) return;
    dealt_order_.pop_front();
  }
}

void Fabric::give_up_unclaimed(std::uint64_t before, Proof proof) {
  std::vector<StreamId> lost;
  for (trim_unclaimed(); !dealt_order_.empty(); trim_unclaimed()) {
    if (streams_.find(dealt_order_.front())->dealt_epoch >= before) break;
    lost.push_back(dealt_order_.front());
    dealt_order_.pop_front();
  }
  // Only after the walk: an exchange that is told may open a new stream at once.
  for (const StreamId id : lost) {
    FabricStream* stream = streams_.find(id);
    if (stream == nullptr) continue;
    const bool is_proven = proof == Proof::nobody_saw_it && stream->dealt_breaks == deal_breaks_;
    if (!is_proven) abandoned_.add(id, now_);
    end_with(*stream,
             Error{Fault::backend, Code::worker_lost, is_proven,
                   is_proven ? "dealt to a worker that was gone already" : "the worker it was dealt to is gone"});
  }
}

bool Fabric::wants_round() const {
  if (deal_connections_ == 0 && dealt_count_ == 0) return false;
  const auto age = now_ - rounds_.began();
  if (age >= kRoundEvery) return true;
  if (rounds_.is_out()) return false;
  const FabricStream* oldest = dealt_order_.empty() ? nullptr : streams_.find(dealt_order_.front());
  return oldest != nullptr && now_ - oldest->since >= kClaimPatience;
}

// A worker that sends nothing is pinged through steer. ZeroMQ's own heartbeats are not enough: in a worker that hangs,
// ZeroMQ's thread still answers them.
void Fabric::ping_quiet_workers() {
  for (Worker* worker : roster_.all()) {
    if (worker->is_unreachable) continue;
    if (now_ - std::max(worker->heard, worker->pinged) < settings_.heartbeat_interval) continue;
    worker->pinged = now_;
    outbox(*worker).ping(kHeartbeatPing, Ack::no);
  }
}

void Fabric::lose_unheard_workers() {
  std::vector<WorkerKey> unheard;
  for (const Worker* worker : roster_.all())
    if (now_ - worker->heard >= settings_.heartbeat_timeout) unheard.push_back(worker->key);
  for (const WorkerKey key : unheard) {
    Worker* worker = roster_.find(key);
    if (worker == nullptr) continue;
    wire_.cut(worker->connection);
    lose(*worker, "it was not heard of for " + show_ms(now_ - worker->heard));
  }
}

// The process was stopped, or the machine was suspended. ZeroMQ's own thread has read nothing either: a worker that
// seems late may have answered long ago. So all times begin anew. A router that never ticks in time judges no worker to
// be late.
void Fabric::lost_time(Time now, std::chrono::nanoseconds lost) {
  log::info("the loop did not run for " + show_ms(lost) + ": nobody is judged by that time");
  for (Worker* worker : roster_.all()) {
    worker->heard = now;
    if (worker->owes_since != Time{}) worker->owes_since = now;
  }
  if (rounds_.is_out()) rounds_.lost_time(now);
  newcomers_.lost_time(lost);
  for (auto& unreachable : unreachable_) unreachable.second += lost;
  for (auto& empty : empty_since_) empty.second += lost;
  for (const auto& entry : pools_.all())
    for (const StreamId id : entry.second->waiting)
      if (FabricStream* stream = streams_.find(id)) stream->since += lost;
}

void Fabric::tell_of_starved_streams() {
  if (now_ - starved_look_ < kStarvedLookEvery) return;
  starved_look_ = now_;
  const auto is_starved = [this](const FabricStream& stream) {
    return stream.starved_since != Time{} && !stream.is_request_ended && now_ - stream.starved_since >= kStarvedFor;
  };
  for (const StreamId id : streams_.select(is_starved)) {
    FabricStream& stream = *streams_.find(id);
    stream.starved_since = {};
    const Worker* worker = holder(stream);
    if (worker == nullptr) continue;
    starvations_.write(now_, "stream " + std::to_string(id) + " stands still: worker " + name_of(*worker) +
                                 " has given it no credit for " + show_ms(kStarvedFor));
  }
}

void Fabric::bound(Time now) {
  now_ = now;
  grace_.bound(now);
}

void Fabric::tick(Time now) {
  const bool is_first = last_tick_ == Time{};
  const auto since_last = now - std::exchange(last_tick_, now);
  const Millis in_time = longest_tick() + std::min<Millis>(settings_.heartbeat_interval, kLostTime);
  if (!is_first && since_last >= in_time) lost_time(now, since_last);
  now_ = now;
  ping_quiet_workers();
  is_judgement_due_ = true;
  wants_turn_end_();
}

void Fabric::judge(Time now) {
  if (!std::exchange(is_judgement_due_, false)) return;
  now_ = now;
  trim_unclaimed();
  if (rounds_.is_out()) find_silent();
  if (rounds_.is_out() && now_ - rounds_.began() >= settings_.ping_late) round_is_late();
  table_changed();  // a refusal's pause may be over
  if (has_change_to_ask_about() || wants_round()) begin_round();
  if (rounds_.is_out() && now_ >= rounds_.repeat_at()) repeat_round();
  if (waiting_ > 0) {
    expire_waiting();
    has_room_ = true;
    wants_turn_end_();
  }
  forget_routes();
  lose_unreachable();
  lose_unheard_workers();
  cut_overdue_newcomers();
  tell_of_starved_streams();
  abandoned_.trim(now_);
}

Millis Fabric::tick_interval() const {
  const bool is_busy = dealt_count_ > 0 || waiting_ > 0 || rounds_.is_out() || wants_to_settle();
  return is_busy ? kShortTick : longest_tick();
}

Millis Fabric::longest_tick() const { return std::clamp<Millis>(settings_.heartbeat_interval, kShortTick, kLongTick); }

}  // namespace zeroway
