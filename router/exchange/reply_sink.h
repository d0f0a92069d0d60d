// The client side of an exchange: receives the reply.
//
// Owner: the client's side (edge/client_stream.h).   Thread: one loop.
// Not here: the exchange that sends the reply (exchange/exchange.h).
#pragma once
#include "proto/stream_sink.h"
#include "router/settings/settings.h"

namespace zeroway {

class ReplySink : public StreamSink {
 public:
  // In place of the final head, for a WebSocket that the backend has accepted: pieces follow. `terms` are good until
  // the call returns.
  virtual void accept_web_socket(Head& head, const WebSocketTerms&) { this->head(head, Last::no); }
  // Called before the head of a reply that refuses the request's content: the client is to send no more of it.
  virtual void refuse_content() {}
  // Takes back the reply's final head and the bytes behind it: another head may follow. Interim heads stay. False, and
  // nothing is taken back, when a byte of the reply may have left, and on an accepted WebSocket.
  [[nodiscard]] virtual bool take_back() = 0;
};

}  // namespace zeroway
