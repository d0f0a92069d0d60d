// The five verbs that one end of a stream sends to the other end.
//
// Owner: the implementor.   Thread: the loop of that stream.
// Order: head (any number of interim heads first, status 1xx), data*, end; credit at any time before reset; reset ends
// both directions at once and nothing follows it.
// Not here: which stream a verb is about; the implementor has the key.
#pragma once
#include <cstddef>
#include <cstdint>

#include "proto/bytes.h"
#include "proto/error.h"
#include "proto/head.h"

namespace zeroway {

// Whether data or trailers follow a head. `yes` promises that end comes next, without data and without trailers. end is
// still called; a callee that finished at the head ignores this call.
enum class Last : bool { no, yes };

enum class MessageKind : bool { binary, text };

// How much credit a piece of a message takes: its bytes, or one when it is empty. An empty piece takes memory too while
// it is held.
[[nodiscard]] constexpr std::uint32_t message_credit(std::size_t size) {
  return size == 0 ? 1 : static_cast<std::uint32_t>(size);
}

class StreamSink {
 public:
  virtual ~StreamSink() = default;

  // The head of a request, an interim reply or a reply. The callee may take the fields out or change them.
  virtual void head(Head& head, Last last) = 0;
  // Bytes of the body; good until the call returns. Never more bytes than the credit.
  virtual void data(Bytes bytes) = 0;
  // Replaces data on a WebSocket (a CONNECT with :protocol, RFC 8441): one piece of a message; `last` ends the message.
  // All pieces of one message have one kind; each takes message_credit(). Only sinks that serve WebSockets get pieces.
  virtual void piece(Bytes bytes, MessageKind kind, Last last);
  // This direction is complete. `trailers` is empty when there are none.
  virtual void end(Head& trailers) = 0;
  // The stream failed or was given up: `error` says by which side and why.
  virtual void reset(const Error& error) = 0;
  // The callee may send `bytes` more in the other direction.
  virtual void credit(std::uint32_t bytes) = 0;
};

inline void StreamSink::piece(Bytes, MessageKind, Last) {}

}  // namespace zeroway
