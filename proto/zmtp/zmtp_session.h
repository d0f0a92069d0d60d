// One ZMTP connection (ZeroMQ RFC 23, 37; CURVE: RFC 25, 26): bytes in, events and bytes out.
//
//     opening ── peer's version ──▶ greeting ── 64 bytes ──▶ handshake ── NULL: READY; CURVE: four commands ──▶ traffic
//         └────────────────────────────┴────────────── failed or stopped ◀──────┴──────────────────────────────────┘
//
// Owner: whoever has the connection.   Thread: the owner's.
// Pure: no sockets, clock, threads; CURVE draws random bytes. Not here: deadlines of the handshake and of silence,
// which connection a message goes to, what a message means (proto/README.md).
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proto/bytes.h"
#include "proto/zmtp/curve_keys.h"
#include "proto/zmtp/limits.h"
#include "proto/zmtp/zmtp_events.h"
#include "proto/zmtp/zmtp_failure.h"
#include "proto/zmtp/zmtp_mechanism.h"

namespace zeroway {

enum class ZmtpRole : std::uint8_t { client, server };  // the side that connects, the side that binds
enum class ZmtpSocket : std::uint8_t { dealer, router };

struct ZmtpTerms {
  ZmtpRole role = ZmtpRole::server;
  ZmtpSocket socket = ZmtpSocket::router;
  std::string identity{};                     // ours; "" = none
  const CurveKeys* curve = nullptr;           // nullptr = NULL. Outlives the session
  bool must_have_identity = false;            // refuse a peer whose identity is empty or begins with a zero byte
  std::size_t max_message = kMaxMessageSize;  // bytes of all parts of a message
};

class ZmtpSession {
 public:
  // output() has the beginning of the greeting at once.
  ZmtpSession(const ZmtpTerms& terms, ZmtpEvents& events);
  ~ZmtpSession();

  // Returns how many of `bytes` are taken: the rest is of a frame that is not complete, and comes again with the bytes
  // after it. Everything is taken, and ignored, once the session has failed or was stopped.
  [[nodiscard]] std::size_t receive(Bytes bytes);
  // How many bytes must come before receive() takes the frame that is not complete; 0 = not known yet.
  [[nodiscard]] std::size_t missing() const { return missing_; }
  // Bytes for the peer, which the owner sends and removes. receive(), send() and ping() add to them.
  [[nodiscard]] std::string& output() { return out_; }

  // A message of one part. Nothing is sent before shook_hands().
  void send(Bytes payload);
  // The same without a copy: appends the head of the payload's frame alone, and the owner sends the payload right
  // behind output(). False, and nothing is appended, when payloads are encrypted: then send() it.
  [[nodiscard]] bool send_head(std::size_t payload);
  // A PING that the peer answers; `ttl` in tenths of a second: the peer closes the connection when it hears nothing for
  // so long; 0 = never. Only after shook_hands(), and only when may_ping(): some peers of version 3.0 break off.
  void ping(std::uint16_t ttl);
  [[nodiscard]] bool may_ping() const;
  // Takes no more input.
  void stop();

  [[nodiscard]] bool has_shaken_hands() const { return state_ == State::traffic; }
  [[nodiscard]] bool has_failed() const { return state_ == State::failed; }
  // Why it has failed. output() may hold last bytes for the peer, which tell it why too.
  [[nodiscard]] const ZmtpFailure& failure() const { return failure_; }
  // The peer wants the connection closed when nothing comes from it for so long, in tenths of a second; 0 = never.
  [[nodiscard]] std::uint16_t ttl() const { return ttl_; }

 private:
  enum class State : std::uint8_t { opening, greeting, handshake, traffic, failed, stopped };

  [[nodiscard]] std::size_t take_greeting(Bytes bytes);
  [[nodiscard]] std::size_t take_frame(Bytes bytes);
  [[nodiscard]] bool is_over() const { return state_ == State::failed || state_ == State::stopped; }
  [[nodiscard]] bool fits(const ZmtpFrameHead& head);
  [[nodiscard]] std::size_t most_on_its_way() const;
  void handshake_frame(const ZmtpFrameHead& head, Bytes body);
  void traffic_frame(std::uint8_t flags, Bytes body);
  void part(bool has_more, Bytes body);
  void command(Bytes body);
  void pong(Bytes context);
  void judge_peer();
  void fail(ZmtpFailure failure);

  ZmtpTerms terms_;
  ZmtpEvents& events_;
  std::unique_ptr<ZmtpMechanism> mechanism_;
  std::string out_;
  std::string command_;     // reused for each command that is sent
  std::string first_part_;  // of a message whose other parts follow
  std::size_t parts_ = 0;
  std::size_t message_size_ = 0;
  std::size_t missing_ = 0;
  ZmtpFailure failure_;
  std::uint16_t ttl_ = 0;
  std::uint8_t minor_ = 0;
  bool has_pinged_ = false;
  State state_ = State::opening;
};

}  // namespace zeroway
