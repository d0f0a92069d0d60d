#include "router/fabric/streams.h"

#include <utility>

namespace zeroway {

Streams::Streams(FabricContext& context, StreamId first)
    : context_(context), table_(first), line_(context.settings.queue_limit, context.settings.queue_timeout) {}

FabricStream& Streams::create(ReplyTo reply_to) {
  FabricStream& stream = table_.create(reply_to);
  context_.counters.streams_open = table_.size();
  return stream;
}

Worker* Streams::holder(const FabricStream& stream) {
  return stream.place == Place::held ? context_.roster.find(stream.worker) : nullptr;
}

void Streams::deal(FabricStream& stream) {
  stream.place = Place::dealt;
  ++dealt_;
  enter_open_pool(stream);
}

void Streams::hold(FabricStream& stream, Worker& worker) {
  const bool was_dealt = stream.place == Place::dealt;
  stream.place = Place::held;
  stream.worker = worker.key;
  ++worker.in_flight;
  if (worker.is_open_pool && !stream.is_open_pool) enter_open_pool(stream);
  if (!was_dealt) return;
  --dealt_;
  room_appeared();  // the other workers do not have this stream
}

void Streams::enter_open_pool(FabricStream& stream) {
  stream.is_open_pool = true;
  ++in_open_pool_;
}

bool Streams::wait(FabricStream& stream) {
  const auto ticket = line_.join(stream.queue, stream.id, context_.now);
  if (!ticket) return false;
  ++context_.counters.queued;
  stream.place = Place::waiting;
  stream.ticket = *ticket;
  return true;
}

void Streams::remove(FabricStream& stream) {
  if (stream.place == Place::dealt) --dealt_;
  if (stream.place == Place::waiting) line_.leave(stream.ticket);
  if (stream.is_open_pool) --in_open_pool_;
  if (Worker* worker = holder(stream)) {
    --worker->in_flight;
    room_appeared();
  }
  table_.remove(stream.id);
  context_.counters.streams_open = table_.size();
}

void Streams::end(FabricStream& stream, const Error& error) {
  BackendEvents* events = stream.reply_to.find();
  remove(stream);
  if (events != nullptr) events->reset(error);
}

std::vector<StreamId> Streams::take_overdue() { return gather_again(line_.take_overdue(context_.now)); }

std::vector<StreamId> Streams::take_waiting(PoolId pool) { return gather_again(line_.take(pool)); }

std::vector<StreamId> Streams::gather_again(const std::vector<Line::Waiter>& waiters) {
  std::vector<StreamId> ids;
  for (const Line::Waiter& waiter : waiters) {
    ids.push_back(static_cast<StreamId>(waiter.key));
    find(ids.back())->place = Place::gathering;
  }
  return ids;
}

void Streams::look_for_room() {
  has_room_ = true;
  context_.wants_turn_end();
}

void Streams::room_appeared() {
  if (waiting() > 0 && !has_room_) look_for_room();
}

}  // namespace zeroway
