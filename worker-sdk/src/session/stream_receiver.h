// Receives the verbs that the router sends about one stream: data, piece, end, credit, reset. The head comes by another
// way (request_answerer.h).
//
// Owner: the implementor; it outlives the stream's use of it.   Thread: the loop.
// Not here: the verbs that go to the router (worker_stream.h).
#pragma once
#include <cstddef>
#include <cstdint>

#include "proto/stream_sink.h"

namespace zeroway {

class StreamReceiver {
 public:
  virtual ~StreamReceiver() = default;

  // Bytes of the body; good until the call returns. Never more bytes than the stream's credit.
  virtual void data(Bytes bytes) = 0;
  // A piece of a WebSocket's message. Called only when takes_pieces().
  virtual void piece(Bytes, MessageKind, Last) {}
  [[nodiscard]] virtual bool takes_pieces() const { return false; }
  // The body is complete. `trailers` may be taken out; nullptr: there are none.
  virtual void end(Head* trailers) = 0;
  // `bytes` more may be sent; WorkerStream::send_window() counts them already.
  virtual void credit(std::uint32_t bytes) = 0;
  // The answer is not wanted any more. Called also after the reply's end, while the handler goes on.
  virtual void reset() = 0;

  // The worker drains.
  virtual void drain() {}
  // The request is over; large buffers are freed.
  virtual void let_go() = 0;
  [[nodiscard]] virtual std::size_t kept_bytes() const = 0;
};

}  // namespace zeroway
