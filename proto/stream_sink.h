// The five verbs: what one end of a stream says to the other.
//
// Owner: the implementor's.   Thread: the loop of that stream.
// Order: head (any number of interim heads first, status 1xx), data*, end; credit at any time before reset;
// reset ends both directions at once and nothing follows it.
// Not here: which stream it is about; that is the implementor's key.
#pragma once
#include <cstddef>
#include <cstdint>

#include "proto/bytes.h"
#include "proto/error.h"
#include "proto/head.h"

namespace zeroway {

// Whether something follows a head: `yes` promises that end comes next, with no data and no trailers. end is still
// said; a callee that finished at the head ignores it.
enum class Last : bool { no, yes };

enum class MessageKind : bool { binary, text };

// What a piece of a message takes of the credit: its bytes, and one when it has none. Whoever holds it holds something.
[[nodiscard]] constexpr std::uint32_t message_credit(std::size_t size) {
  return size == 0 ? 1 : static_cast<std::uint32_t>(size);
}

class StreamSink {
 public:
  virtual ~StreamSink() = default;

  // A request's head, an interim reply's, or a reply's. The callee may take the fields out or change them.
  virtual void head(Head& head, Last last) = 0;
  // Bytes of the body; good until the call returns. Never more than was credited.
  virtual void data(Bytes bytes) = 0;
  // data's form on a WebSocket (a CONNECT with :protocol, RFC 8441): one piece of a message, `last` ends it. Pieces of
  // one message all have its kind; each takes message_credit(). Only sinks that serve WebSockets are told.
  virtual void piece(Bytes bytes, MessageKind kind, Last last);
  // This direction is complete. `trailers` is empty when there are none.
  virtual void end(Head& trailers) = 0;
  // The stream failed or is given up: `error` says by whom and why.
  virtual void reset(const Error& error) = 0;
  // The callee may send `bytes` more in the other direction.
  virtual void credit(std::uint32_t bytes) = 0;
};

inline void StreamSink::piece(Bytes, MessageKind, Last) {}

}  // namespace zeroway
