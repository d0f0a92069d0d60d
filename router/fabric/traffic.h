// The five verbs of streams, both ways: an exchange's verbs become frames for the worker, and the worker's frames
// become verbs for the exchange.
//
// Owner: Fabric.   Thread: one loop.
// Not here: which worker gets the stream (router/fabric/placement.h), when frames are sent (router/fabric/post.h).
#pragma once
#include <string>

#include "proto/hpack.h"
#include "router/fabric/fabric_context.h"
#include "router/fabric/post.h"
#include "router/fabric/proof.h"
#include "router/fabric/streams.h"

namespace zeroway {

class Traffic {
 public:
  Traffic(FabricContext& context, Streams& streams, Post& post, Proof& proof)
      : context_(context), streams_(streams), post_(post), proof_(proof) {}

  // The exchange's verbs; see Backend. The stream that open() makes is not placed yet.
  [[nodiscard]] FabricStream& open(const BackendRequest& request, ReplyTo reply_to);
  void data(StreamKey key, Bytes bytes);
  void piece(StreamKey key, Bytes bytes, MessageKind kind, Last last);
  void end(StreamKey key, const Head& trailers);
  void reset(StreamKey key, ResetCode code);
  void credit(StreamKey key, std::uint32_t bytes);

  // A worker's frame of a stream. An error drops the worker.
  [[nodiscard]] Result<> frame(Worker& worker, const Frame& frame);

  // Tells the operator of requests that have had no credit from their worker for long.
  void tell_of_starved_streams();

 private:
  // The exchange's side.
  // Takes `size` bytes out of the credit that the worker gave. Fails the stream when the credit is less.
  [[nodiscard]] bool may_send(FabricStream& stream, std::size_t size);
  // Where frames for the stream's worker go: the worker's outbox, or the kept opening until a worker holds the stream.
  [[nodiscard]] MessageWriter& way_to(FabricStream& stream);

  // The worker's side.
  void frame_of_nobody(Worker& worker, const Frame& frame);
  void accept(Worker& worker, FabricStream& stream);
  [[nodiscard]] Result<> verb(FabricStream& stream, const Frame& frame);
  void reply_head(FabricStream& stream, const Frame& frame);
  void reply_data(FabricStream& stream, const Frame& frame);
  void reply_piece(FabricStream& stream, const Frame& frame);
  // The stream may be gone: then nothing happens.
  void reply_end(StreamId id, Head& trailers);
  [[nodiscard]] Result<> worker_reset(Worker& worker, FabricStream& stream, const Frame& frame);
  [[nodiscard]] Result<> worker_credit(FabricStream& stream, const Frame& frame);
  // Whether the stream may carry `frame`'s bytes now. Fails the stream when it may not.
  [[nodiscard]] bool takes(FabricStream& stream, const Frame& frame);

  // A side of the stream broke a rule. Tells the stream's worker and its exchange.
  void fail(FabricStream& stream, ResetCode to_worker, const Error& error);
  void worker_broke_rule(FabricStream& stream, ResetCode to_worker, std::string what);

  FabricContext& context_;
  Streams& streams_;
  Post& post_;
  Proof& proof_;
  HpackEncoder encoder_;
  HpackDecoder decoder_;
  Head scratch_;  // reused for each head that is read
  Head no_trailers_;
  Complaints starvations_;
  Time starved_look_{};  // the last look for starved streams
};

}  // namespace zeroway
