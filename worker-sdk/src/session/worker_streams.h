// The streams of a worker, all links together: free ones to use again, those that the message being read has opened,
// and those that no frame has claimed yet.
//
// Owner: WorkerSession.   Thread: the loop.
// Not here: the index by stream id (link_streams.h), one stream's state (worker_stream.h).
#pragma once
#include <memory>
#include <vector>

#include "request_answerer.h"
#include "worker_stream.h"
#include "zeroway/options.h"

namespace zeroway {

class WorkerStreams final : public StreamOwner {
 public:
  explicit WorkerStreams(const WorkerOptions& options) : options_(options) {}

  // Before the first stream is opened.
  void answer_by(RequestAnswerer& answerer) { answerer_ = &answerer; }

  // A free stream, to decode a head into. opened() takes it.
  WorkerStream& spare();
  void opened(WorkerStream& stream);
  // A stream that the message being read has opened.
  [[nodiscard]] WorkerStream* find_fresh(const LinkStreams& link, StreamId id) const;
  // Has the streams answered that the last message has opened.
  void answer_fresh(LinkStreams& link);
  // Claims every stream that was opened in this turn and has not sent a frame yet.
  void accept_fresh();
  void release(WorkerStream& stream) override;

  [[nodiscard]] bool is_full() const { return in_use_ >= options_.capacity; }
  [[nodiscard]] std::size_t in_use() const { return in_use_; }
  // Tells every handler that the worker drains.
  void drain();
  // Drops every stream and tells its handler; returns how many streams there were.
  std::size_t cancel_all();

 private:
  struct Unaccepted {
    WorkerStream* stream;
    LinkStreams* link;
    StreamId id;
  };

  const WorkerOptions& options_;
  RequestAnswerer* answerer_ = nullptr;
  std::vector<std::unique_ptr<WorkerStream>> streams_;
  std::vector<WorkerStream*> free_;
  std::size_t in_use_ = 0;
  std::vector<WorkerStream*> fresh_, answering_;  // opened by the message being read
  std::vector<Unaccepted> unaccepted_;            // opened in this turn, and not over already
};

}  // namespace zeroway
