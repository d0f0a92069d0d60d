// The backend side of an exchange: a program that answers requests.
//
// Owner: Router keeps each backend.   Thread: one loop.
// Not here: how a backend answers (router/fabric); when a request is tried again (exchange/exchange.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/stream_sink.h"

namespace zeroway {

using ExchangeKey = std::uint64_t;  // 0 = none; a stale key finds nothing
using StreamKey = std::uint32_t;    // 0 = none; a stale key is quietly ignored

// The events of a backend's stream: the verbs, and which worker took the stream.
class BackendEvents : public StreamSink {
 public:
  // A worker holds the stream now. `worker` is its display name, good until the call returns. Called at most once for
  // each opening, before any other verb.
  virtual void accepted(std::string_view worker) = 0;
};

// Finds the exchange that a backend's verbs are for, or nothing when the exchange is over.
class ExchangeFinder {
 public:
  virtual ~ExchangeFinder() = default;
  [[nodiscard]] virtual BackendEvents* find(ExchangeKey key) = 0;
};

// Whether an earlier stream of the request was lost: then the request goes to a worker that is known to answer.
enum class Attempt : bool { first, again };

class Backend {
 public:
  virtual ~Backend() = default;

  // Begins a stream for `exchange`. No verb of the exchange is called before open() returns (failures come in the same
  // turn's end at the earliest). The caller may send kOpeningWindow bytes of body at once, and more as it gets credit.
  // The backend may send kFirstReplyWindow bytes of reply at once, and more as it gets credit. After end or reset from
  // the backend the key is stale.
  [[nodiscard]] virtual StreamKey open(ExchangeKey exchange, const Head& head, Last last, Attempt attempt) = 0;
  virtual void data(StreamKey stream, Bytes bytes) = 0;
  // Like data(), on a WebSocket. Called only on backends that serve WebSockets.
  virtual void piece(StreamKey, Bytes, MessageKind, Last) {}
  virtual void end(StreamKey stream, const Head& trailers) = 0;
  // Resets the stream. The key is stale at once, and the exchange gets no more verbs of this stream.
  virtual void reset(StreamKey stream, ResetCode code) = 0;
  virtual void credit(StreamKey stream, std::uint32_t bytes) = 0;
};

}  // namespace zeroway
