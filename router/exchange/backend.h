// The backend side of an exchange: a program that answers requests.
//
// Owner: Router keeps each backend.   Thread: one loop.
// Not here: how it answers (router/fabric); when to try again (exchange/exchange.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/stream_sink.h"

namespace zeroway {

using ExchangeKey = std::uint64_t;  // 0 = none; a stale key finds nothing
using StreamKey = std::uint32_t;    // 0 = none; a stale key is quietly ignored

// What a backend says about a stream: the verbs, and which worker took it.
class BackendEvents : public StreamSink {
 public:
  // A worker holds the stream now. `worker` is its display name, good until the call returns. Called at most once for
  // each opening, before any other verb.
  virtual void accepted(std::string_view worker) = 0;
};

// Finds the exchange that a backend's verbs are for, or nothing when it is over.
class ExchangeFinder {
 public:
  virtual ~ExchangeFinder() = default;
  [[nodiscard]] virtual BackendEvents* find(ExchangeKey key) = 0;
};

// Whether the request was opened before and lost: then it goes to a worker that is known to answer.
enum class Attempt : bool { first, again };

class Backend {
 public:
  virtual ~Backend() = default;

  // Begins a stream for `exchange`. Nothing is said to the exchange before the call returns (failures come in the same
  // turn's end at the earliest). The caller may send kOpeningWindow bytes of body at once, more as it is credited; the
  // backend may send kFirstReplyWindow bytes of reply, more as it is credited. After end or reset from the backend the
  // key is stale.
  [[nodiscard]] virtual StreamKey open(ExchangeKey exchange, const Head& head, Last last, Attempt attempt) = 0;
  virtual void data(StreamKey stream, Bytes bytes) = 0;
  // data's form on a WebSocket. Only backends that serve WebSockets are told.
  virtual void piece(StreamKey, Bytes, MessageKind, Last) {}
  virtual void end(StreamKey stream, const Head& trailers) = 0;
  // Gives the stream up. The key is stale at once and nothing more is said about it.
  virtual void reset(StreamKey stream, ResetCode code) = 0;
  virtual void credit(StreamKey stream, std::uint32_t bytes) = 0;
};

}  // namespace zeroway
