// CURVE (ZeroMQ RFC 25, 26), the side that binds: any client may know its public key.
//
//     hello ── HELLO came, WELCOME sent ──▶ initiate ── INITIATE came ──▶ done; then finish() sends READY
//                                              └── the client's key is not allowed: ERROR sent
//
// Keys: C of the client, S of the server; C' and S' are made for one connection.
//
// Owner: ZmtpSession.   Thread: the session's.
// Pure but for random bytes. Until HELLO's box opens, a client costs one agreement on a key and nothing else.
#pragma once
#include "proto/zmtp/curve_traffic.h"
#include "proto/zmtp/zmtp_events.h"
#include "proto/zmtp/zmtp_mechanism.h"

namespace zeroway {

class CurveServer final : public ZmtpMechanism {
 public:
  // `own` is what this side says of its socket. `keys` and `events` outlive this.
  CurveServer(const CurveKeys& keys, ZmtpProperties own, ZmtpEvents& events)
      : keys_(keys), events_(events), own_(std::move(own)) {}

  [[nodiscard]] ZmtpFailure start(std::string& /*out*/) override { return {}; }
  [[nodiscard]] ZmtpFailure command(Bytes body, std::string& out) override;
  [[nodiscard]] bool is_done() const override { return state_ == State::done; }
  [[nodiscard]] const ZmtpProperties& peer() const override { return peer_; }
  void finish(std::string& out) override;

  void seal(std::uint8_t flags, Bytes body, std::string& out) override { traffic_.seal(flags, body, out); }
  [[nodiscard]] ZmtpFailure open(std::uint8_t& flags, Bytes& body) override { return traffic_.open(flags, body); }
  [[nodiscard]] std::size_t overhead() const override { return CurveTraffic::overhead(); }

 private:
  enum class State : std::uint8_t { hello, initiate, done };

  [[nodiscard]] ZmtpFailure hello(Bytes body, std::string& out);
  void welcome(const CurveBox& box, std::string& out);
  [[nodiscard]] ZmtpFailure initiate(Bytes body, std::string& out);
  [[nodiscard]] ZmtpFailure take_client(Bytes inside, std::string& out);
  [[nodiscard]] bool vouches(const CurveKey& client, Bytes vouch) const;

  const CurveKeys& keys_;
  ZmtpEvents& events_;
  ZmtpProperties own_, peer_;
  CurvePair transient_;          // S'
  CurveKey client_transient_{};  // C'
  std::string cookie_;
  CurveTraffic traffic_{kCurveFromServer, kCurveFromClient};
  State state_ = State::hello;
};

}  // namespace zeroway
