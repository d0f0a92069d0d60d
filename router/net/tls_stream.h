// What TLS connections of both roles have in common: bytes between a plain connection, a TlsEngine and the user.
//
// Owner: the session that speaks with the peer.   Thread: one loop.
// The bytes that a turn sends are encrypted at once and leave in one send. A connection that breaks off without
// close_notify is lost, not ended: an attacker may have cut it.
// Not here: how a handshake begins and ends (net/tls_connection.h for clients of ours, net/tls_client_connection.h).
#pragma once
#include <string>
#include <utility>

#include "router/net/tcp_connection.h"
#include "router/net/tls_buffers.h"
#include "router/net/tls_engine.h"

namespace zeroway {

class TlsStream : public Connection, protected ConnectionEvents, private TurnEnd {
 public:
  ~TlsStream() override { loop_.forget_turn_end(*this); }

  [[nodiscard]] const TlsEngine& engine() const { return engine_; }

  void serve(ConnectionEvents& events) override { events_ = &events; }
  [[nodiscard]] std::string_view failure() const override { return engine_.failure(); }
  [[nodiscard]] bool send(std::string& bytes) override;
  [[nodiscard]] std::size_t queued() const override { return transport_.queued(); }
  [[nodiscard]] Time last_progress() const override { return transport_.last_progress(); }
  void pause(PauseReason reason) override { transport_.pause(reason); }
  void resume(PauseReason reason) override { transport_.resume(reason); }
  void offer() override;
  [[nodiscard]] std::size_t kept() const override { return kept_.size(); }
  void end_output() override;
  void reset() override;
  [[nodiscard]] bool close(Linger linger) override;
  [[nodiscard]] bool is_closing() const override { return transport_.is_closing(); }
  void cut() override { is_cut_ = true; }

 protected:
  // Whether the handshake may go on with the bytes now; if not, whether the transport must keep them.
  enum class Shake : std::uint8_t { go_on, keep, drop };

  // `start` is what the engine's constructor takes.
  template <class Start>
  TlsStream(Loop& loop, Socket socket, TlsBuffers& buffers, Start start)
      : loop_(loop), buffers_(buffers), engine_(std::move(start)), transport_(loop, std::move(socket), *this) {}

  [[nodiscard]] TcpConnection& transport() { return transport_; }
  // Sends `before` in the clear and then the first bytes of the handshake. For the client's role.
  [[nodiscard]] bool begin(std::string_view before);
  // Sends `last_words` as they are and closes. gone() is told why, when that is done.
  void refuse(std::string_view why, std::string_view last_words);
  // The connection is over: tells its user, or gone() when it has none.
  void lose(std::string_view why);
  // For a handshake that has not begun.
  void use(std::shared_ptr<const TlsChallenges> challenges) { engine_.use(std::move(challenges)); }
  // The handshake waited for a challenge's digest.
  void go_on_with(std::shared_ptr<const TlsChallenges> challenges);
  // At the end of the turn: tells the bytes and the end that came before the connection was served.
  void catch_up();

 private:
  [[nodiscard]] virtual Shake may_shake(Bytes) { return Shake::go_on; }
  // The handshake has `bytes` to send, or failed.
  virtual void answered(std::size_t bytes) { static_cast<void>(bytes); }
  // The handshake is done. To be served before or after this call returns.
  virtual void secured() = 0;
  // The connection is over before it was served.
  virtual void gone(std::string_view why) = 0;

  std::size_t received(Bytes bytes) override;
  void input_ended() override;
  void hung_up() override;
  void written() override;
  void lost() override;

  void process(Bytes bytes);
  [[nodiscard]] bool send_output(std::string& output);
  [[nodiscard]] bool write(std::string& bytes);
  void tell(Bytes plain);
  void lose_later(std::string_view why);
  void turn_end() override;

  Loop& loop_;
  TlsBuffers& buffers_;
  ConnectionEvents* events_ = nullptr;  // none during the handshake
  TlsEngine engine_;
  std::string kept_;     // decrypted and not taken
  std::string refused_;  // why the connection is refused, while it still closes
  bool is_shaking_ = true;
  bool is_cut_ = false;
  bool is_over_ = false;  // the last event was passed on, or will be at the end of the turn
  TcpConnection transport_;
};

}  // namespace zeroway
