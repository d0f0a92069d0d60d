// CURVE (ZeroMQ RFC 25, 26), the side that connects: it knows the server's public key.
//
//     hello ── WELCOME came, INITIATE sent ──▶ initiate ── READY came ──▶ done
//       └───────────────── ERROR came: refused ───┘
//
// Keys: C of the client, S of the server; C' and S' are made for one connection.
//
// Owner: ZmtpSession.   Thread: the session's.
// Pure but for random bytes.
#pragma once
#include "proto/zmtp/curve_traffic.h"
#include "proto/zmtp/zmtp_mechanism.h"

namespace zeroway {

class CurveClient final : public ZmtpMechanism {
 public:
  // `own` is what this side says of its socket. `keys` outlive this.
  CurveClient(const CurveKeys& keys, ZmtpProperties own) : keys_(keys), own_(std::move(own)) {}

  [[nodiscard]] ZmtpFailure start(std::string& out) override;
  [[nodiscard]] ZmtpFailure command(Bytes body, std::string& out) override;
  [[nodiscard]] bool is_done() const override { return state_ == State::done; }
  [[nodiscard]] const ZmtpProperties& peer() const override { return peer_; }
  void finish(std::string& /*out*/) override {}

  void seal(std::uint8_t flags, Bytes body, std::string& out) override { traffic_.seal(flags, body, out); }
  [[nodiscard]] ZmtpFailure open(std::uint8_t& flags, Bytes& body) override { return traffic_.open(flags, body); }
  [[nodiscard]] std::size_t overhead() const override { return CurveTraffic::overhead(); }

 private:
  enum class State : std::uint8_t { hello, initiate, done };

  [[nodiscard]] ZmtpFailure welcome(Bytes body, std::string& out);
  [[nodiscard]] ZmtpFailure initiate(Bytes cookie, const CurveKey& server_transient, std::string& out);
  [[nodiscard]] ZmtpFailure ready(Bytes body);
  void append_vouch(const CurveBox& box, std::string& out) const;

  const CurveKeys& keys_;
  ZmtpProperties own_, peer_;
  CurvePair transient_;  // C'
  CurveBox hello_box_;   // between C' and S
  CurveTraffic traffic_{kCurveFromClient, kCurveFromServer};
  State state_ = State::hello;
};

}  // namespace zeroway
