// What the router sends to workers: each worker's frames of a turn in one message, at the end of the turn.
//
// Owner: Fabric.   Thread: one loop.
// It also knows the workers that a message did not reach, and how much each worker has not read. Not here: what becomes
// of such a worker (router/fabric/membership.h); openings that are dealt (router/fabric/placement.h).
#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/message.h"
#include "router/fabric/fabric_context.h"
#include "router/fabric/unread_bytes.h"

namespace zeroway {

class PostEvents {
 public:
  virtual ~PostEvents() = default;
  // A message did not reach the worker. No more messages will be tried. `worker.unsent` are the streams whose openings
  // no worker has seen.
  virtual void unreachable(Worker& worker) = 0;
  // `unread` bytes wait for the worker: more than a worker that reads can have.
  virtual void reads_too_little(Worker& worker, std::size_t unread) = 0;
};

class Post {
 public:
  explicit Post(FabricContext& context) : context_(context) {}

  // The message that the worker gets at the end of this turn. Good until the next call for the same worker.
  [[nodiscard]] MessageWriter& outbox(Worker& worker);
  // GOAWAY, at once, to a peer that need not be a worker.
  void goaway(std::string_view instance, ResetCode code, std::string_view reason);
  // Deals a PING to each of `connections` peers.
  void deal_pings(std::uint64_t opaque, std::size_t connections);

  // Sends all outboxes. Called at the end of a turn. `events` may fill outboxes for the next one.
  void send(PostEvents& events);

  // The worker sent this PING back. False when it is no PING of Post.
  [[nodiscard]] bool proven(const Worker& worker, std::uint64_t opaque) {
    return unread_bytes_.proven(worker.connection, opaque);
  }
  // The connection broke off. A later connection may get the same number.
  void forget(ConnectionId connection) { unread_bytes_.forget(connection); }

  // The next worker that has been unreachable for kLastWords; nothing when there is none.
  [[nodiscard]] std::optional<WorkerKey> take_unreachable();
  void lost_time(std::chrono::nanoseconds lost);

 private:
  void send_one(Worker& worker);
  void look_at(Worker& worker, PostEvents& events);

  FabricContext& context_;
  MessageWriter single_message_;   // one message that is not for a worker's outbox
  std::vector<WorkerKey> listed_;  // workers whose outbox holds something
  UnreadBytes unread_bytes_;
  std::deque<std::pair<WorkerKey, Time>> unreachable_;  // and since when
};

}  // namespace zeroway
