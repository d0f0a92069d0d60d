// What both sides of a CURVE connection do alike (ZeroMQ RFC 26): counters, metadata in boxes, and MESSAGE, as which
// every frame travels after the handshake.
//
//     07 "MESSAGE"  counter (8)  box of: flags (1)  body            flags: bit 0 MORE · bit 1 COMMAND
//
// Owner: CurveClient, CurveServer.   Thread: the session's.
// Each side counts its boxes over the whole connection, handshake and traffic; no counter comes twice. Not here: who
// agrees on the key, and how (curve_client.h, curve_server.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/zmtp/curve_box.h"
#include "proto/zmtp/zmtp_failure.h"

namespace zeroway {

inline constexpr std::string_view kCurveFromClient = "CurveZMQMESSAGEC";  // prefixes of nonces
inline constexpr std::string_view kCurveFromServer = "CurveZMQMESSAGES";

class CurveTraffic {
 public:
  // Prefixes of the nonces that this side and the peer use in traffic.
  CurveTraffic(std::string_view own_prefix, std::string_view peer_prefix)
      : own_prefix_(own_prefix), peer_prefix_(peer_prefix) {}

  // The key of this connection, which the handshake makes.
  [[nodiscard]] CurveBox& box() { return box_; }
  [[nodiscard]] std::uint64_t next_counter() { return ++sent_; }
  // The peer's counter in a box that opened. False when it is not above the last one: an old box, sent again.
  [[nodiscard]] bool take_counter(std::uint64_t counter);

  // As ZmtpMechanism.
  void seal(std::uint8_t flags, Bytes body, std::string& out);
  [[nodiscard]] ZmtpFailure open(std::uint8_t& flags, Bytes& body);
  [[nodiscard]] static std::size_t overhead();

 private:
  [[nodiscard]] std::span<std::uint8_t> plain(std::size_t size);

  std::string_view own_prefix_, peer_prefix_;
  CurveBox box_;
  std::uint64_t sent_ = 0, received_ = 0;
  std::string plain_;  // of the last frame; not made smaller for a shorter one
};

}  // namespace zeroway
