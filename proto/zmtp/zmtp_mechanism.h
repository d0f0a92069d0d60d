// How two peers of ZMTP come to know each other, and how their frames travel after that: NULL or CURVE.
//
//     start ──▶ command in, command out … ──▶ done, the peer is judged ──▶ finish: open() and seal() translate each
//     frame
//
// Owner: ZmtpSession.   Thread: the session's.
// Pure. Not here: cutting bytes into frames, what a frame means (zmtp_session.h).
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "proto/zmtp/zmtp_failure.h"
#include "proto/zmtp/zmtp_frame.h"
#include "proto/zmtp/zmtp_properties.h"

namespace zeroway {

class ZmtpMechanism {
 public:
  virtual ~ZmtpMechanism() = default;

  // Both greetings are there. Appends the frames that this side sends first, if any.
  [[nodiscard]] virtual ZmtpFailure start(std::string& out) = 0;
  // A command of the handshake came: its body. Appends the answering frames; with a failure, the last one for the peer.
  // May be called until is_done().
  [[nodiscard]] virtual ZmtpFailure command(Bytes body, std::string& out) = 0;
  [[nodiscard]] virtual bool is_done() const = 0;
  // Good when is_done().
  [[nodiscard]] virtual const ZmtpProperties& peer() const = 0;
  // The peer is one that we want. Appends the frame that says so, if any.
  virtual void finish(std::string& out) = 0;

  // After the handshake: a frame as it travels. `flags` may have MORE and COMMAND.
  virtual void seal(std::uint8_t flags, Bytes body, std::string& out) = 0;
  // The reverse. `body` is replaced by the bytes inside, which are good until the next call of open(); `flags` by the
  // flags inside.
  [[nodiscard]] virtual ZmtpFailure open(std::uint8_t& flags, Bytes& body) = 0;
  // How many bytes a body is longer on its way than inside.
  [[nodiscard]] virtual std::size_t overhead() const = 0;
};

}  // namespace zeroway
