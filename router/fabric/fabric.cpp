#include "router/fabric/fabric.h"

#include <algorithm>
#include <utility>

#include "router/fabric/evenness.h"
#include "router/fabric/limits.h"
#include "router/observe/log.h"

namespace zeroway {
namespace {

StreamId first_id(std::uint32_t seed, const std::string& router_instance) {
  if (seed != 0) return seed & kMaxStreamId;
  // Late frames for an earlier router process must not match streams of this one: begin at any id.
  return static_cast<StreamId>(std::hash<std::string>{}(router_instance)) & kMaxStreamId;
}

}  // namespace

Fabric::Fabric(const FabricSettings& settings, Wire& wire, Welcome welcome, Counters& counters,
               std::function<void()> wants_turn_end)
    : settings_(settings),
      wire_(wire),
      welcome_(std::move(welcome)),
      counters_(counters),
      wants_turn_end_(std::move(wants_turn_end)),
      pools_(settings.balance),
      streams_(first_id(settings.first_stream_id, welcome_.router + std::to_string(welcome_.loop))) {}

// ---- the exchange's verbs

StreamKey Fabric::open(const BackendRequest& request, ReplyTo reply_to) {
  const Head& head = request.head;
  FabricStream& stream = streams_.create(reply_to);
  stream.pool = routes_.match(head.authority(), head.path());
  stream.is_request_ended = request.last == Last::yes;
  stream.is_websocket = request.kind == Kind::web_socket;
  stream.attempt = request.attempt;
  stream.opening.headers(stream.id, head, encoder_, request.last);
  gathering_.push_back(stream.id);
  counters_.streams_open = streams_.size();
  wants_turn_end_();
  return stream.id;
}

void Fabric::data(StreamKey key, Bytes bytes) {
  FabricStream* stream = streams_.find(key);
  if (stream == nullptr || stream->is_request_ended || bytes.empty()) return;
  if (may_send(*stream, bytes.size())) way_to(*stream).data(key, bytes, Last::no);
}

void Fabric::piece(StreamKey key, Bytes bytes, MessageKind kind, Last last) {
  FabricStream* stream = streams_.find(key);
  if (stream == nullptr || stream->is_request_ended) return;
  if (bytes.empty() && last == Last::no) return;
  if (may_send(*stream, message_credit(bytes.size()))) way_to(*stream).piece(key, bytes, kind, last);
}

void Fabric::end(StreamKey key, const Head& trailers) {
  FabricStream* stream = streams_.find(key);
  if (stream == nullptr || stream->is_request_ended) return;
  stream->is_request_ended = true;
  MessageWriter& out = way_to(*stream);
  if (trailers.is_empty()) {
    out.data(key, {}, Last::yes);
  } else {
    out.headers(key, trailers, encoder_, Last::yes);
  }
}

bool Fabric::may_send(FabricStream& stream, std::size_t size) {
  if (stream.to_worker.take(static_cast<std::uint32_t>(size))) {
    if (stream.to_worker.left() == 0) stream.starved_since = now_;
    return true;
  }
  fail_stream(stream.id, ResetCode::internal_error,
              Error{Fault::router, Code::internal, false,
                    "request body of " + std::to_string(size) + " bytes over the credit of " +
                        std::to_string(stream.to_worker.left())});
  return false;
}

MessageWriter& Fabric::way_to(FabricStream& stream) {
  Worker* worker = holder(stream);
  return worker != nullptr ? outbox(*worker) : stream.opening;
}

void Fabric::reset(StreamKey key, ResetCode code) {
  FabricStream* stream = streams_.find(key);
  if (stream == nullptr) return;
  if (stream->place == Place::dealt) {
    // The router does not know yet which worker has the stream. That worker is told when it claims the stream.
    stream->reply_to.forget();
    stream->give_up_code = code;
    stream->opening.clear();
    return;
  }
  if (Worker* worker = holder(*stream)) outbox(*worker).rst_stream(key, code);
  remove(*stream);
}

void Fabric::credit(StreamKey key, std::uint32_t bytes) {
  FabricStream* stream = streams_.find(key);
  if (stream == nullptr) return;
  const std::uint32_t announce = stream->from_worker.credited(bytes);
  if (announce == 0) return;
  if (Worker* worker = holder(*stream)) outbox(*worker).window_update(key, announce);
}

// ---- placing streams

void Fabric::turn_end(Time now) {
  now_ = now;
  if (has_change_to_ask_about()) begin_round();
  if (std::exchange(has_new_routes_, false)) route_again();
  std::vector<StreamId> gathered;
  gathered.swap(gathering_);
  for (const StreamId id : gathered) {
    FabricStream* stream = streams_.find(id);
    if (stream != nullptr && stream->place == Place::gathering) place(*stream);
  }
  // Keep the memory of `gathered` for the next turn, unless openings came in meanwhile.
  gathered.clear();
  if (gathering_.empty()) gathering_.swap(gathered);
  if (std::exchange(has_room_, false) && waiting_ > 0) serve_waiting();
  send_mail();
}

void Fabric::place(FabricStream& stream) {
  if (stream.pool == kOpenPool) {
    const Unclaimed unclaimed = unclaimed_streams();
    if (unclaimed == Unclaimed::they_are_refused) return refuse_unclaimed(stream);
    if (unclaimed == Unclaimed::they_wait) return wait(stream);
  }
  if (pools_.waiting(stream.pool).empty()) {
    // A stream that was lost once is not dealt blindly again: the next worker may be the reason for the loss.
    const bool may_be_dealt = stream.pool == kOpenPool && stream.attempt == Attempt::first;
    if (may_be_dealt && may_deal() && deal(stream)) return;
    if (steer(stream)) return;
  }
  wait(stream);
}

void Fabric::look_at_table() {
  if (std::exchange(is_table_known_, true)) return;
  std::string_view why = why_uneven(settings_.balance, roster_.open_pool(), deal_connections_, now_);
  // A worker with routes is connected to steer alone, and would get no streams while streams are dealt.
  if (why.empty() && is_routed_worker_in_open_pool()) why = "a worker with routes claims everything, too";
  is_even_ = why.empty();
  if (is_even_ && !settling_.is_settled(roster_.open_pool())) why = "it is not proven who is on deal";
  const bool was_dealing = std::exchange(is_dealing_, why.empty());
  if (was_dealing && !is_dealing_) {
    ++counters_.uneven_turns;
    log::debug("steering: " + std::string(why));
  }
  if (!was_dealing && is_dealing_) wire_.take_note();
  smallest_capacity_ = kMaxCapacity;
  for (const Worker* worker : roster_.open_pool())
    smallest_capacity_ = std::min(smallest_capacity_, worker->hello.capacity);
}

bool Fabric::may_deal() {
  look_at_table();
  if (!is_dealing_ || dealt_count_ >= settings_.unaccepted_limit) return false;
  // The usual case needs no look at each worker: all streams together would fit on one worker.
  return open_pool_streams_ < smallest_capacity_ || all_have_room(roster_.open_pool(), dealt_count_);
}

bool Fabric::deal(FabricStream& stream) {
  if (!wire_.deal(stream.opening.bytes())) {
    table_changed();
    return false;
  }
  ++counters_.dealt;
  ++counters_.messages_out;
  stream.place = Place::dealt;
  stream.dealt_epoch = rounds_.epoch();
  stream.dealt_breaks = deal_breaks_;
  stream.since = now_;
  stream.opening.clear();
  stream.is_open_pool = true;
  ++open_pool_streams_;
  ++dealt_count_;
  trim_unclaimed();
  dealt_order_.push_back(stream.id);
  return true;
}

bool Fabric::steer(FabricStream& stream) {
  const std::size_t unclaimed = stream.pool == kOpenPool ? dealt_share(dealt_count_, roster_.open_pool().size()) : 0;
  Worker* worker = pools_.pick(stream.pool, stream.attempt, now_, unclaimed);
  if (worker == nullptr) return false;
  ++counters_.steered;
  outbox(*worker).append(stream.opening);
  worker->unsent.push_back(stream.id);
  stream.opening.clear();
  stream.place = Place::held;
  hold(*worker, stream);
  return true;
}

void Fabric::hold(Worker& worker, FabricStream& stream) {
  stream.worker = worker.key;
  ++worker.in_flight;
  if (worker.is_open_pool && !stream.is_open_pool) {
    stream.is_open_pool = true;
    ++open_pool_streams_;
  }
}

void Fabric::wait(FabricStream& stream) {
  if (waiting_ >= settings_.queue_limit) {
    return end_with(stream, Error{Fault::backend, Code::queue_full, false,
                                  std::to_string(waiting_) + " streams are waiting for a worker already"});
  }
  ++counters_.queued;
  ++waiting_;
  stream.place = Place::waiting;
  stream.since = now_;
  pools_.waiting(stream.pool).push_back(stream.id);
}

void Fabric::serve_waiting() {
  const Unclaimed unclaimed = unclaimed_streams();
  for (auto& [id, pool] : pools_.all()) {
    if (id == kOpenPool && unclaimed != Unclaimed::open_pool_has_them) continue;
    while (!pool->waiting.empty()) {
      FabricStream* stream = streams_.find(pool->waiting.front());
      if (stream != nullptr && stream->place == Place::waiting) {
        const bool may_be_dealt = id == kOpenPool && stream->attempt == Attempt::first;
        const bool is_dealt = may_be_dealt && may_deal() && deal(*stream);
        if (!is_dealt && !steer(*stream)) break;
        --waiting_;
      }
      pool->waiting.pop_front();
    }
  }
  if (unclaimed == Unclaimed::they_are_refused) refuse_waiting();
}

void Fabric::expire_waiting() {
  std::vector<StreamId> expired;
  for (auto& [id, pool] : pools_.all()) {
    while (!pool->waiting.empty()) {
      FabricStream* stream = streams_.find(pool->waiting.front());
      if (stream != nullptr && stream->place == Place::waiting) {
        if (now_ - stream->since < settings_.queue_timeout) break;
        expired.push_back(stream->id);
      }
      pool->waiting.pop_front();
    }
  }
  // Only after the walk: an exchange that is told may open a new stream, which changes the pools.
  for (const StreamId id : expired) {
    FabricStream* stream = streams_.find(id);
    if (stream == nullptr) continue;
    end_with(*stream, wait_is_over(stream->pool));
  }
}

Error Fabric::wait_is_over(PoolId pool) {
  const std::string waited = " within " + std::to_string(settings_.queue_timeout.count()) + " ms";
  if (is_pool_busy(pool))
    return Error{Fault::backend, Code::workers_busy, false, "none of the workers that serve it had room" + waited};
  return Error{Fault::backend, Code::no_worker, false, "no worker that serves it was there" + waited};
}

// ---- small helpers

Worker* Fabric::holder(const FabricStream& stream) {
  return stream.place == Place::held ? roster_.find(stream.worker) : nullptr;
}

BackendEvents* Fabric::events_of(const FabricStream& stream) const { return stream.reply_to.find(); }

MessageWriter& Fabric::outbox(Worker& worker) {
  if (worker.outbox.size() >= kMailFlush) post(worker);
  if (!worker.is_outbox_listed) {
    worker.is_outbox_listed = true;
    mail_.push_back(worker.key);
    wants_turn_end_();
  }
  return worker.outbox;
}

void Fabric::post(Worker& worker) {
  if (worker.outbox.is_empty()) return;
  const std::uint64_t proof = unread_bytes_.sent(worker.connection, worker.outbox.size());
  if (proof != 0) worker.outbox.ping(proof, Ack::no);
  ++counters_.messages_out;
  if (wire_.steer(worker.hello.instance, worker.outbox.bytes())) {
    worker.unsent.clear();
  } else {
    worker.is_unreachable = true;
  }
  worker.outbox.clear();
}

void Fabric::send_mail() {
  std::vector<WorkerKey> mail;
  mail.swap(mail_);
  for (const WorkerKey key : mail) {
    Worker* worker = roster_.find(key);
    if (worker == nullptr) continue;
    worker->is_outbox_listed = false;
    post(*worker);
    if (worker->is_unreachable) {
      cannot_reach(*worker);
    } else if (reads_too_little(*worker)) {
      cut(*worker, std::to_string(unread_bytes_.of(worker->connection)) + " bytes wait for it to read them");
    }
  }
  mail.clear();
  if (mail_.empty()) mail_.swap(mail);
}

// The worker's last messages may still be unread, and its streams' replies among them. steer_broke() is told after
// them. No worker has seen the openings that could not be sent.
void Fabric::cannot_reach(Worker& worker) {
  worker.is_outbox_listed = true;  // for good: no turn tries to send to it again
  roster_.retire(worker);
  pools_.leave(worker);
  table_changed();
  unreachable_.emplace_back(worker.key, now_);
  const WorkerKey key = worker.key;
  const std::string name = worker.hello.name;
  std::vector<StreamId> unsent;
  unsent.swap(worker.unsent);
  for (const StreamId id : unsent) {
    FabricStream* stream = streams_.find(id);
    if (stream == nullptr || stream->worker != key || stream->is_accepted) continue;
    end_with(*stream,
             Error{Fault::backend, Code::worker_lost, true, "worker " + name + " was gone before it could be sent"});
  }
}

void Fabric::lose_unreachable() {
  while (!unreachable_.empty() && now_ - unreachable_.front().second >= kLastWords) {
    if (Worker* worker = roster_.find(unreachable_.front().first)) lose(*worker, "it cannot be reached");
    unreachable_.pop_front();
  }
}

bool Fabric::reads_too_little(const Worker& worker) const {
  return unread_bytes_.of(worker.connection) > kMostUnread + std::size_t{kStreamWindow} * worker.in_flight;
}

void Fabric::cut(Worker& worker, const std::string& why) {
  wire_.cut(worker.connection);
  lose(worker, "it is cut, " + why);
}

void Fabric::remove(FabricStream& stream) {
  if (stream.place == Place::dealt) --dealt_count_;
  if (stream.place == Place::waiting) --waiting_;
  if (stream.is_open_pool) --open_pool_streams_;
  if (Worker* worker = holder(stream)) {
    --worker->in_flight;
    room_appeared();
  }
  streams_.remove(stream.id);
  counters_.streams_open = streams_.size();
}

void Fabric::room_appeared() {
  if (waiting_ > 0 && !std::exchange(has_room_, true)) wants_turn_end_();
}

void Fabric::end_with(FabricStream& stream, const Error& error) {
  BackendEvents* events = events_of(stream);
  remove(stream);
  if (events != nullptr) events->reset(error);
}

void Fabric::fail_stream(StreamId id, ResetCode to_worker, const Error& error) {
  FabricStream* stream = streams_.find(id);
  if (stream == nullptr) return;
  if (Worker* worker = holder(*stream)) outbox(*worker).rst_stream(id, to_worker);
  end_with(*stream, error);
}

}  // namespace zeroway
