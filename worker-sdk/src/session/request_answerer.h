// What answers the requests of a session. A session knows nothing else of handlers.
//
// Owner: Worker; it calls WorkerSession::answer_by().   Thread: the loop.
// Not here: the verbs about one stream (stream_receiver.h).
#pragma once
#include <chrono>

namespace zeroway {

class WorkerStream;

class RequestAnswerer {
 public:
  virtual ~RequestAnswerer() = default;

  // A request has come: the head of `stream`, and perhaps the beginning of its body. The answerer answers, or names the
  // receiver of the later verbs (WorkerStream::receive_by).
  virtual void answer(WorkerStream& stream) = 0;
  // The turn ends: runs what other threads have left, and what has waited long enough. False when nothing was to do.
  virtual bool end_turn() = 0;
  // When the next turn is due without a message; max() = never.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point next_timer() const = 0;
  // The worker drains; the receivers of open streams were told before.
  virtual void drain() = 0;
};

}  // namespace zeroway
