// The open streams of one link: the index by which the router's frames find them, and the message that takes the frames
// they send.
//
// Owner: RouterLink.   Thread: the loop.
// Not here: the state of a stream (worker_stream.h), frames about the link itself (router_link.h).
#pragma once
#include <unordered_map>
#include <vector>

#include "link_context.h"
#include "proto/message.h"

namespace zeroway {

class WorkerStream;

class LinkStreams {
 public:
  LinkStreams(LinkContext& context, RouterLink& link) : context_(context), link_(link) {}

  // The verbs to the router.
  void put_head(StreamId id, const Head& head, Last last);
  void put_data(StreamId id, Bytes bytes, Last last);
  void put_piece(StreamId id, Bytes bytes, MessageKind kind, Last last);
  void put_credit(StreamId id, std::uint32_t bytes) { out_.window_update(id, bytes); }
  void put_reset(StreamId id, ResetCode code) { out_.rst_stream(id, code); }

  void remember(StreamId id, WorkerStream& stream) { index_.emplace(id, &stream); }
  void forget(StreamId id) { index_.erase(id); }
  // nullptr: not an open stream of this link.
  [[nodiscard]] WorkerStream* find(StreamId id) const;
  [[nodiscard]] bool is_empty() const { return index_.empty(); }
  [[nodiscard]] std::vector<WorkerStream*> all() const;

  // The frames that are ready to be sent on steer.
  MessageWriter& out() { return out_; }

 private:
  void send_if_large();

  LinkContext& context_;
  RouterLink& link_;
  MessageWriter out_;
  std::unordered_map<StreamId, WorkerStream*> index_;
};

}  // namespace zeroway
