// A connection that speaks TLS over a plain connection.
//
// Owner: during its handshake, its TlsArrivals; then a client session.   Thread: one loop.
// The bytes that a turn sends are encrypted at once and leave in one send. A connection that breaks off without
// close_notify is lost, not ended: an attacker may have cut it.
// Not here: sockets (net/tcp_connection.h), TLS itself (net/tls_engine.h).
#pragma once
#include <memory>
#include <string>

#include "router/net/tcp_connection.h"
#include "router/net/tls_engine.h"
#include "router/net/tls_server.h"

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

class TlsConnection final : public Connection, private ConnectionEvents {
 public:
  TlsConnection(Loop& loop, Socket socket, TlsServer& server, TlsArrivals& arrivals);
  ~TlsConnection() override;

  // From now on `events` gets the connection's events.
  void serve(ConnectionEvents& events) { events_ = &events; }
  [[nodiscard]] const TlsEngine& engine() const { return engine_; }

  // For its TlsServer.
  void may_go_on();

  [[nodiscard]] bool send(std::string& bytes) override;
  [[nodiscard]] std::size_t queued() const override { return transport_.queued(); }
  [[nodiscard]] Time last_progress() const override { return transport_.last_progress(); }
  void pause(PauseReason reason) override { transport_.pause(reason); }
  void resume(PauseReason reason) override { transport_.resume(reason); }
  void offer() override;
  [[nodiscard]] std::size_t kept() const override { return kept_.size(); }
  [[nodiscard]] bool close(Linger linger) override;
  [[nodiscard]] bool is_closing() const override { return transport_.is_closing(); }
  void cut() override { is_cut_ = true; }

 private:
  std::size_t received(Bytes bytes) override;
  void input_ended() override;
  void hung_up() override;
  void written() override;
  void lost() override;

  [[nodiscard]] bool may_shake(Bytes bytes);
  void process(Bytes bytes);
  [[nodiscard]] bool send_output(std::string& output);
  void secure();
  void refuse(std::string_view why, std::string_view last_words);
  void tell(Bytes plain);
  void lose(std::string_view why);

  TlsServer& server_;
  TlsArrivals& arrivals_;
  ConnectionEvents* events_ = nullptr;  // none during the handshake
  TlsEngine engine_;
  std::string kept_;     // decrypted and not taken
  std::string refused_;  // why the connection is refused, while it still closes
  std::unique_ptr<Timer> handshake_timer_;
  bool has_begun_ = false;   // a byte came
  bool has_signed_ = false;  // the expensive part of the handshake is done
  bool is_waiting_ = false;  // for a signature
  bool is_cut_ = false;
  bool is_over_ = false;  // the last event was passed on
  TcpConnection transport_;
};

}  // namespace zeroway
