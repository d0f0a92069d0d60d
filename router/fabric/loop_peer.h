// One connection of a peer at deal or steer: the socket's bytes on one side, ZMTP's events on the other.
//
//     handshake ── both sides have shaken hands ──▶ traffic ── the peer or we end it ──▶ over
//         └────── too late, or not ZMTP ───────────────────────────────────────────────────▲
//
// Owner: LoopWire.   Thread: one loop.
// Not here: whom messages go to and what is told to the fabric (router/fabric/loop_wire.h), bytes on the wire
// (proto/zmtp/zmtp_session.h).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "proto/zmtp/zmtp_session.h"
#include "router/fabric/wire.h"
#include "router/net/loop.h"
#include "router/net/tcp_connection.h"

namespace zeroway {

class LoopPeer;

// The peer is not destroyed in a call.
class LoopPeerEvents {
 public:
  virtual ~LoopPeerEvents() = default;
  [[nodiscard]] virtual bool is_allowed(LoopPeer& peer, Bytes public_key) = 0;
  virtual void shook_hands(LoopPeer& peer) = 0;
  virtual void message(LoopPeer& peer, Bytes first, std::size_t parts) = 0;
  // It has bytes to send: flush() is wanted at the end of this turn.
  virtual void has_output(LoopPeer& peer) = 0;
  // The peer ended the connection, or broke ZMTP's rules: then `failure` has a fault. Called once, and not after end().
  virtual void ended(LoopPeer& peer, const ZmtpFailure& failure) = 0;
};

enum class Side : std::uint8_t { deal, steer };

class LoopPeer final : private ConnectionEvents, private ZmtpEvents {
 public:
  struct Terms {
    ConnectionId id = -1;
    Side side = Side::steer;
    std::string host;     // the address without the port, or "process 17"
    std::string address;  // with the port
    ZmtpTerms zmtp{};
  };
  LoopPeer(Loop& loop, Socket socket, Terms terms, LoopPeerEvents& events);

  [[nodiscard]] ConnectionId id() const { return terms_.id; }
  [[nodiscard]] Side side() const { return terms_.side; }
  [[nodiscard]] const std::string& host() const { return terms_.host; }
  [[nodiscard]] const std::string& address() const { return terms_.address; }
  [[nodiscard]] const std::string& identity() const { return identity_; }
  [[nodiscard]] Time heard() const { return heard_; }
  [[nodiscard]] bool is_over() const { return is_over_; }
  // It was told that it has shaken hands. The connection may be over since.
  [[nodiscard]] bool has_shaken_hands() const { return has_shaken_hands_; }
  // Whether a message may still reach the peer.
  [[nodiscard]] bool is_reachable() const { return !is_over_ && !is_broken_ && has_shaken_hands(); }

  // A message of one part. Only while is_reachable().
  void send(const std::string& message);
  // How many of the last messages have not begun to leave.
  [[nodiscard]] std::size_t unsent() const;
  // Asks for a sign of life, of peers that may be asked so.
  void ask();
  // Gives the bytes of this turn to the kernel.
  void flush();
  // Closes the socket: no event comes any more, and what waits to be sent is thrown away.
  void end();
  // Why it must be cut at this time; "" when it need not be.
  [[nodiscard]] std::string why_late(Time now) const;
  // Pings it when it is time, so that it is not silent.
  void keep_alive(Time now);
  // The loop did not run: that time does not count.
  void lost_time(std::chrono::nanoseconds lost);
  // Waits until the kernel has taken all bytes, until `deadline` at most. For the end of the router.
  void send_rest(Time deadline);

 private:
  // ConnectionEvents
  [[nodiscard]] std::size_t received(Bytes bytes) override;
  [[nodiscard]] std::size_t missing() const override { return session_.missing(); }
  void input_ended() override { tell_end({}); }
  void hung_up() override { tell_end({}); }
  void written() override;
  void lost() override { tell_end({}); }
  // ZmtpEvents
  [[nodiscard]] bool is_allowed(Bytes public_key) override { return events_.is_allowed(*this, public_key); }
  void shook_hands(const ZmtpProperties& peer) override;
  void message(Bytes first, std::size_t parts) override;

  void want_flush();
  void tell_end(const ZmtpFailure& failure);

  Loop& loop_;
  Terms terms_;
  LoopPeerEvents& events_;
  ZmtpSession session_;
  TcpConnection connection_;
  std::string identity_;
  Time came_;
  Time heard_;  // its last bytes
  Time pinged_;
  std::uint64_t given_ = 0;            // bytes given to connection_ in all
  std::vector<std::uint64_t> begins_;  // how many bytes were before each message that may not have left
  std::size_t answers_ = 0;            // bytes of ZMTP's own answers to it that may still wait to be sent
  bool has_shaken_hands_ = false;
  bool is_listed_ = false;  // it has output, and events_ was told so
  bool is_broken_ = false;  // nothing can be sent any more; what the peer sent before is still read
  bool is_over_ = false;
};

}  // namespace zeroway
