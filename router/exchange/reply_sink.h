// The client side of an exchange: receives the reply.
//
// Owner: the client's side (edge/client_stream.h).   Thread: one loop.
// Not here: the exchange that sends the reply (exchange/exchange.h).
#pragma once
#include "proto/stream_sink.h"
#include "router/settings/settings.h"

namespace zeroway {

// After end() or reset() nothing follows. Only on a tunnel, end() is the end of one direction: credit, reset or over()
// may follow.
class ReplySink : public StreamSink {
 public:
  // In place of the final head, for a WebSocket that the backend has accepted: pieces follow. `terms` are good until
  // the call returns.
  virtual void accept_web_socket(Head& head, const WebSocketTerms&) { this->head(head, Last::no); }
  // Called before the head of a reply that refuses the request's content: the client is to send no more of it.
  virtual void refuse_content() {}
  // The client is to come again, orderly: a WebSocket is closed with 1012, and the client of an HTTP/2 connection opens
  // its next requests on another one. Both go on until the client ends them. HTTP/1.1 has no word for other requests.
  virtual void hand_over() {}
  // A tunnel whose two directions have both ended, and whose backend has got all its bytes, is over: the last call.
  virtual void over() {}
  // Takes back the reply's final head and the bytes behind it: another head may follow. Interim heads stay. False, and
  // nothing is taken back, when a byte of the reply may have left, and on an accepted WebSocket.
  [[nodiscard]] virtual bool take_back() = 0;
};

}  // namespace zeroway
