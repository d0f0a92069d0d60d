// The client side of an exchange: who is told the reply.
//
// Owner: the client's side (edge/client_stream.h).   Thread: one loop.
// Not here: who tells it (exchange/exchange.h).
#pragma once
#include "proto/stream_sink.h"

namespace zeroway {

class ReplySink : public StreamSink {
 public:
  // Takes back the reply's head and what was said behind it, as if it had never begun: a head may come again. Interim
  // heads stay. False, and nothing is taken back, when some of it may have left; on an accepted WebSocket, too.
  [[nodiscard]] virtual bool take_back() = 0;
};

}  // namespace zeroway
