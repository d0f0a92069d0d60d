// NULL (ZeroMQ RFC 23): no keys; each side sends READY at once.
//
// Owner: ZmtpSession.   Thread: the session's.
// Pure.
#pragma once
#include "proto/zmtp/zmtp_mechanism.h"

namespace zeroway {

class NullMechanism final : public ZmtpMechanism {
 public:
  // `own` is what this side says of its socket.
  explicit NullMechanism(ZmtpProperties own) : own_(std::move(own)) {}

  [[nodiscard]] ZmtpFailure start(std::string& out) override;
  [[nodiscard]] ZmtpFailure command(Bytes body, std::string& out) override;
  [[nodiscard]] bool is_done() const override { return is_done_; }
  [[nodiscard]] const ZmtpProperties& peer() const override { return peer_; }
  void finish(std::string& /*out*/) override {}

  void seal(std::uint8_t flags, Bytes body, std::string& out) override;
  [[nodiscard]] ZmtpFailure open(std::uint8_t& /*flags*/, Bytes& /*body*/) override { return {}; }
  [[nodiscard]] std::size_t overhead() const override { return 0; }

 private:
  ZmtpProperties own_, peer_;
  bool is_done_ = false;
};

}  // namespace zeroway
