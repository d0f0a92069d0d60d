#include "router/fabric/proof.h"

#include <algorithm>
#include <string>
#include <utility>

#include "router/fabric/evenness.h"
#include "router/fabric/limits.h"
#include "router/fabric/words.h"
#include "router/observe/log.h"

namespace zeroway {

// ---- the table

std::string_view Proof::why_not_dealing() {
  if (!context_.wire.deals_openings()) return "this wire steers all openings";  // and is_even_ stays false
  const std::vector<Worker*>& open_pool = context_.roster.open_pool();
  std::string_view why = why_uneven(context_.settings.balance, open_pool, deal_connections_, context_.now);
  // A worker with routes is connected to steer alone, and would get no streams while streams are dealt.
  if (why.empty() && claims_.is_routed_worker_in_open_pool()) why = "a worker with routes claims everything, too";
  is_even_ = why.empty();
  return is_even_ && !settling_.is_settled(open_pool) ? "it is not proven who is on deal" : why;
}

void Proof::look_at_table() {
  if (std::exchange(is_table_known_, true)) return;
  const std::string_view why = why_not_dealing();
  const bool was_dealing = std::exchange(is_dealing_, why.empty());
  if (was_dealing && !is_dealing_) {
    ++context_.counters.uneven_turns;
    log::debug("steering: " + std::string(why));
  }
  if (!was_dealing && is_dealing_) context_.wire.take_note();
  smallest_capacity_ = kMaxCapacity;
  for (const Worker* worker : context_.roster.open_pool())
    smallest_capacity_ = std::min(smallest_capacity_, worker->hello.capacity);
}

bool Proof::may_deal() {
  look_at_table();
  if (!is_dealing_ || streams_.dealt() >= context_.settings.unaccepted_limit) return false;
  // The usual case needs no look at each worker: all streams together would fit on one worker.
  return streams_.in_open_pool() < smallest_capacity_ || all_have_room(context_.roster.open_pool(), streams_.dealt());
}

void Proof::roster_changed() {
  settling_.roster_changed();
  table_changed();
  streams_.look_for_room();
}

// ---- deal connections

void Proof::deal_came(std::size_t connections) {
  settling_.came();
  deal_changed(connections);
}

void Proof::deal_shook_hands() {
  settling_.shook_hands();
  deal_changed(deal_connections_);
}

void Proof::deal_broke(std::size_t connections) {
  ++deal_breaks_;
  settling_.broke(rounds_.epoch());
  deal_changed(connections);
}

void Proof::deal_changed(std::size_t connections) {
  deal_connections_ = connections;
  table_changed();
  context_.wants_turn_end();
}

// ---- rounds

void Proof::turn_end() {
  if (has_change_to_ask_about()) begin_round();
}

// Peers may come and go without end, so they start at most one round in each kRoundPause.
bool Proof::has_change_to_ask_about() {
  if (!settling_.wants_round()) return false;
  look_at_table();
  if (context_.now - rounds_.began() < kRoundPause) return false;
  // The round that is out waits for a peer that is gone. Also, the router must find the streams of that peer now.
  const bool has_lost = rounds_.first_epoch() < settling_.proving_from() && (streams_.dealt() > 0 || rounds_.is_out());
  return has_lost || wants_to_settle();
}

// Settling is of no use on an uneven table.
bool Proof::wants_to_settle() const {
  return is_table_known_ && is_even_ && !is_dealing_ && settling_.wants_round() && !settling_.is_somebody_new();
}

bool Proof::wants_round() const {
  if (deal_connections_ == 0 && streams_.dealt() == 0) return false;
  const auto age = context_.now - rounds_.began();
  if (age >= kRoundEvery) return true;
  if (rounds_.is_out()) return false;
  const FabricStream* oldest = dealt_order_.empty() ? nullptr : streams_.find(dealt_order_.front());
  return oldest != nullptr && context_.now - oldest->dealt_at >= kClaimPatience;
}

void Proof::begin_round() {
  settling_.round_began();
  const std::uint64_t epoch = rounds_.begin(context_.now, deal_connections_);
  ++context_.counters.ping_rounds;
  for (Worker* worker : context_.roster.open_pool())
    if (worker->owes_since == Time{}) worker->owes_since = context_.now;
  post_.deal_pings(epoch, deal_connections_);
  end_round_if_complete();
}

void Proof::repeat_round() {
  post_.deal_pings(rounds_.repeat(context_.now, deal_connections_), deal_connections_);
  end_round_if_complete();
}

void Proof::end_round_if_complete() {
  if (rounds_.is_complete()) round_is_complete();
}

void Proof::round_is_complete() {
  end_round();
  table_changed();
  give_up_unclaimed(rounds_.first_epoch(), Seen::by_nobody);
}

void Proof::round_is_late() {
  if (!has_everybody_answered()) return;
  // The peer that did not send its ping back has never sent HELLO. It may have seen streams that were dealt before.
  end_round();
  give_up_unclaimed(rounds_.first_epoch(), Seen::maybe);
}

void Proof::end_round() {
  rounds_.end();
  for (Worker* worker : context_.roster.open_pool()) worker->owes_since = {};
}

bool Proof::has_everybody_answered() const {
  const std::vector<Worker*>& open_pool = context_.roster.open_pool();
  return std::all_of(open_pool.begin(), open_pool.end(),
                     [this](const Worker* worker) { return rounds_.has_answered(worker->key); });
}

bool Proof::begin_leaving(Worker& worker) {
  if (!worker.is_open_pool || deal_connections_ == 0 || !context_.wire.deals_openings()) return false;
  begin_round();
  worker.leave_epoch = rounds_.epoch();
  return true;
}

void Proof::pong(Worker& worker, std::uint64_t epoch) {
  if (!rounds_.has_dealt(epoch)) return;
  if (epoch > worker.last_pong) {
    worker.last_pong = epoch;
    worker.owes_since = epoch >= rounds_.first_epoch() ? Time{} : context_.now;
    table_changed();
  }
  if (rounds_.answer(epoch, worker.key) && worker.is_silent) is_back(worker);
}

// ---- silent workers

// Each worker is judged by the time since it owes a ping: rounds may begin anew so often that no round gets old.
void Proof::find_silent() {
  const Millis late = context_.settings.ping_late;
  bool is_anybody = false;
  for (Worker* worker : context_.roster.open_pool()) {
    if (worker->is_silent || worker->owes_since == Time{} || context_.now - worker->owes_since < late) continue;
    worker->is_silent = is_anybody = true;
    worker->silent_since = context_.now;
    const std::string line =
        "worker " + name_of(*worker) + " is silent: a dealt ping is not back after " + show_ms(late);
    context_.leave_log.write(context_.now, line, log::Level::info);
    context_.tell(Event::Kind::worker_silent, *worker, line);
  }
  if (!is_anybody) return;
  ++context_.counters.pings_late;
  table_changed();
}

void Proof::is_back(Worker& worker) {
  worker.is_silent = false;
  const std::string line =
      "worker " + name_of(worker) + " is back after " + show_ms(context_.now - worker.silent_since);
  context_.leave_log.write(context_.now, line, log::Level::info);
  context_.tell(Event::Kind::worker_back, worker, line);
  roster_changed();
}

void Proof::judge() {
  trim_unclaimed();
  if (rounds_.is_out()) find_silent();
  if (rounds_.is_out() && context_.now - rounds_.began() >= context_.settings.ping_late) round_is_late();
  table_changed();  // a refusal's pause may be over
  if (has_change_to_ask_about() || wants_round()) begin_round();
  if (rounds_.is_out() && context_.now >= rounds_.repeat_at()) repeat_round();
}

void Proof::lost_time() {
  for (Worker* worker : context_.roster.all())
    if (worker->owes_since != Time{}) worker->owes_since = context_.now;
  if (rounds_.is_out()) rounds_.lost_time(context_.now);
}

// ---- dealt streams

void Proof::dealt(FabricStream& stream) {
  stream.dealt_epoch = rounds_.epoch();
  stream.dealt_breaks = deal_breaks_;
  stream.dealt_at = context_.now;
  trim_unclaimed();
  dealt_order_.push_back(stream.id);
}

void Proof::trim_unclaimed() {
  while (!dealt_order_.empty()) {
    const FabricStream* stream = streams_.find(dealt_order_.front());
    if (stream != nullptr && stream->place == Place::dealt) return;
    dealt_order_.pop_front();
  }
}

void Proof::give_up_unclaimed(std::uint64_t before, Seen seen) {
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
    const bool is_proven = seen == Seen::by_nobody && stream->dealt_breaks == deal_breaks_;
    if (!is_proven) abandoned_.add(id, context_.now);
    streams_.end(*stream,
                 Error{Fault::backend, Code::backend_lost, is_proven,
                       is_proven ? "dealt to a worker that was gone already" : "the worker it was dealt to is gone"});
  }
}

}  // namespace zeroway
