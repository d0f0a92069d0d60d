#include "router/fabric/post.h"

#include <string>

#include "router/fabric/limits.h"

namespace zeroway {

MessageWriter& Post::outbox(Worker& worker) {
  if (worker.outbox.size() >= kMailFlush) send_one(worker);
  if (!worker.is_outbox_listed) {
    worker.is_outbox_listed = true;
    listed_.push_back(worker.key);
    context_.wants_turn_end();
  }
  return worker.outbox;
}

void Post::send_one(Worker& worker) {
  if (worker.outbox.is_empty()) return;
  const std::uint64_t proof = unread_bytes_.sent(worker.connection, worker.outbox.size());
  if (proof != 0) worker.outbox.ping(proof, Ack::no);
  ++context_.counters.messages_out;
  if (context_.wire.steer(worker.hello.instance, worker.outbox.bytes())) {
    worker.unsent.clear();
    ++worker.messages;
  } else {
    worker.is_unreachable = true;
  }
  worker.outbox.clear();
}

void Post::send(PostEvents& events) {
  std::vector<WorkerKey> listed;
  listed.swap(listed_);
  for (const WorkerKey key : listed) {
    Worker* worker = context_.roster.find(key);
    if (worker == nullptr) continue;
    worker->is_outbox_listed = false;
    send_one(*worker);
    look_at(*worker, events);
  }
  // Keep the memory for the next turn, unless an outbox was filled meanwhile.
  listed.clear();
  if (listed_.empty()) listed_.swap(listed);
}

void Post::look_at(Worker& worker, PostEvents& events) {
  if (worker.is_unreachable) {
    worker.is_outbox_listed = true;  // for good: no turn tries to send to it again
    unreachable_.emplace_back(worker.key, context_.now);
    return events.unreachable(worker);
  }
  const std::size_t unread = unread_bytes_.of(worker.connection);
  if (unread > kMostUnread + std::size_t{kStreamWindow} * worker.in_flight) events.reads_too_little(worker, unread);
}

void Post::goaway(std::string_view instance, ResetCode code, std::string_view reason) {
  single_message_.clear();
  single_message_.goaway(0, code, reason);
  // A peer out of reach is no error: GOAWAY only lets the peer recover, and the router does not depend on it.
  if (!context_.wire.steer(std::string(instance), single_message_.bytes())) return;
  ++context_.counters.messages_out;
  if (Worker* worker = context_.roster.find(instance)) ++worker->messages;  // Wire::unsent() counts it, too
}

void Post::deal_pings(std::uint64_t opaque, std::size_t connections) {
  single_message_.clear();
  single_message_.ping(opaque, Ack::no);
  context_.wire.take_note();  // connections that have just finished their handshake are not left out
  // In a row, with no other message between them: each ping reaches another peer.
  for (std::size_t i = 0; i < connections; ++i)
    if (!context_.wire.deal(single_message_.bytes())) break;
}

std::optional<WorkerKey> Post::take_unreachable() {
  if (unreachable_.empty() || context_.now - unreachable_.front().second < kLastWords) return std::nullopt;
  const WorkerKey key = unreachable_.front().first;
  unreachable_.pop_front();
  return key;
}

void Post::lost_time(std::chrono::nanoseconds lost) {
  for (auto& unreachable : unreachable_) unreachable.second += lost;
}

}  // namespace zeroway
