// A client's connection that speaks TLS: its handshake in the server's role.
//
// Owner: during its handshake, its TlsArrivals; then a client session.   Thread: one loop.
// Not here: bytes after the handshake (net/tls_stream.h), TLS itself (net/tls_engine.h), connections that we dial
// (net/tls_client_connection.h).
#pragma once
#include <memory>

#include "router/net/tls_server.h"
#include "router/net/tls_stream.h"

namespace zeroway {

class TlsConnection;

// The result of a connection's handshake: exactly one of the two is called, once.
class TlsArrivals {
 public:
  virtual ~TlsArrivals() = default;
  // The handshake is done: call serve() before returning. The owner of `who` may change in this call.
  virtual void secured(TlsConnection& who) = 0;
  // The handshake failed. `who` must stay until the end of the turn. `why` is for the log.
  virtual void failed(TlsConnection& who, std::string_view why) = 0;
};

class TlsConnection final : public TlsStream {
 public:
  TlsConnection(Loop& loop, Socket socket, TlsServer& server, TlsArrivals& arrivals);
  ~TlsConnection() override;

  // For its TlsServer.
  void may_go_on();
  // Whether the digest of its challenge is there now; else it is to be told again.
  void challenges_came(std::shared_ptr<const TlsChallenges> challenges);

 private:
  [[nodiscard]] Shake may_shake(Bytes bytes) override;
  void answered(std::size_t bytes) override;
  void secured() override;
  void gone(std::string_view why) override { arrivals_.failed(*this, why); }

  TlsServer& server_;
  TlsArrivals& arrivals_;
  std::unique_ptr<Timer> handshake_timer_;
  bool has_begun_ = false;         // a byte came
  bool has_signed_ = false;        // the expensive part of the handshake is done
  bool is_waiting_ = false;        // for a signature
  bool awaits_challenge_ = false;  // the TlsServer tells it of new challenges
};

}  // namespace zeroway
