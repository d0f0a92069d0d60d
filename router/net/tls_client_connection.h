// A TLS connection that we dialled: its handshake in the client's role.
//
// Owner: during its handshake, the Dialer's handle; then the user of the connection.   Thread: one loop.
// Bytes that the server sends behind its handshake wait for serve(). Not here: deadlines, addresses (net/dialer.h),
// rules (net/tls_client.h), bytes after the handshake (net/tls_stream.h).
#pragma once
#include <string_view>

#include "router/net/tls_stream.h"

namespace zeroway {

// The result of a handshake: exactly one is called, once. A connection that fails after secured() and before leave()
// calls failed(), too.
class TlsDeparture {
 public:
  virtual ~TlsDeparture() = default;
  virtual void secured() = 0;
  // The connection must stay until the end of the turn. `why` is for the log.
  virtual void failed(std::string_view why) = 0;
};

class TlsClientConnection final : public TlsStream {
 public:
  TlsClientConnection(Loop& loop, Socket socket, TlsBuffers& buffers, TlsClientStart start, TlsDeparture& departure);

  // Sends `before` in the clear, and begins the handshake. False when the connection broke at once.
  [[nodiscard]] bool begin(std::string_view before) { return TlsStream::begin(before); }
  // The handshake's result was passed on: the TlsDeparture gets no more calls.
  void leave() { departure_ = nullptr; }
  void serve(ConnectionEvents& events) override;

 private:
  void secured() override;
  void gone(std::string_view why) override;

  TlsDeparture* departure_;
};

}  // namespace zeroway
