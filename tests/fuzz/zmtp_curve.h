// A peer with CURVE that has the keys and follows the rules, but for what the input changes: what a target for one role
// does with it. Beside the session stands its twin with NULL, which hears the same frames in clear text.
//
// As long as the peer follows the rules, both tell the same and say the same. After the first byte that did not come
// from the peer as it should, the session must never tell anything again.
//
// Not here: the peer of each role (zmtp_curve_client_fuzz.cpp, zmtp_curve_server_fuzz.cpp).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/fuzz/must.h"
#include "tests/zmtp/curve_by_hand.h"
#include "tests/zmtp/known_random.h"
#include "tests/zmtp/zmtp_bytes.h"
#include "tests/zmtp/zmtp_hearer.h"

namespace zeroway::test {

// The peer in the handshake. next(): the body of its next command after it heard `bodies` from the session; nothing
// when the handshake is over for it, or cannot go on.
class CurvePeer {
 public:
  virtual ~CurvePeer() = default;
  virtual std::optional<std::string> next(const std::string& body) = 0;
  [[nodiscard]] virtual bool is_ready() const = 0;        // for traffic
  [[nodiscard]] virtual bool tells_metadata() const = 0;  // with the command that next() made
  [[nodiscard]] virtual std::string& metadata() = 0;
  [[nodiscard]] virtual CurveTrafficByHand& traffic() = 0;
  // Makes the next command one that must be refused. False when this peer has nothing of the kind.
  virtual bool lie() = 0;
};

class CurveScript {
 public:
  CurveScript(const ZmtpTerms& terms, CurvePeer& peer, std::size_t cut)
      : session_(terms), twin_(without_keys(terms)), peer_(peer), cut_(cut) {
    hear(greeting_of({.mechanism = "CURVE"}));
    twin_.hear(greeting_of());
    twin_.said();
  }

  // One step for each first byte.
  void run(Bytes script) {
    script_ = script;
    for (int steps = 0; steps < 48 && !script_.empty(); ++steps) step(byte());
    compare();
  }
  [[nodiscard]] std::string told() {
    return session_.side.log + std::to_string(static_cast<int>(session_.failure().fault)) + session_.failure().detail;
  }

 private:
  static ZmtpTerms without_keys(ZmtpTerms terms) {
    terms.curve = nullptr;
    return terms;
  }

  std::uint8_t byte() {
    if (script_.empty()) return 0;
    const std::uint8_t first = script_[0];
    script_ = script_.subspan(1);
    return first;
  }
  std::string text() {
    const Bytes taken = script_.first(std::min<std::size_t>(byte(), script_.size()));
    script_ = script_.subspan(taken.size());
    return std::string(as_text(taken));
  }

  void step(std::uint8_t what) {
    switch (what % 12) {
      case 0:
      case 1:
        return peer_.is_ready() ? message(0, text()) : handshake();
      case 2:
        return message(byte(), text());
      case 3:
        return message(2, command_of("PING", text()));
      case 4:
        return message(byte(), std::string(std::size_t{byte()} * 300, 'x'));
      case 5:
        return strange(text());
      case 6:
        change_at_ = std::size_t{byte()} * 4 + (what >> 6U);
        change_ = byte();
        return;
      case 7:
        return strange(last_frame_);
      case 8:
        peer_.traffic().counter = byte();
        return;
      case 9:
        peer_.metadata() = text();
        return;
      case 10:
        return say(text());
      default:
        is_lying_ = peer_.lie();
        return;
    }
  }

  void handshake() {
    const std::uint64_t before = peer_.traffic().counter;
    const auto body = peer_.next(next_said());
    if (!body) return must(is_strange_ || session_.session().has_failed() || peer_.is_ready());
    if (peer_.traffic().counter != before) count();
    if (peer_.tells_metadata()) is_strange_ |= is_lying_;
    if (peer_.tells_metadata() && !is_strange_ && change_ == 0) {
      twin_.hear(frame_of(6, command_of("READY", peer_.metadata())));
      twin_.said();
    }
    carry(frame_of(body->size() > 255 ? 6 : 4, changed(*body)));
  }

  // The peer made a box with its next counter.
  void count() {
    if (peer_.traffic().counter <= highest_) is_strange_ = true;
    highest_ = std::max(highest_, peer_.traffic().counter);
  }

  // The body of the first frame that the session said and the peer did not hear; "" when there is none.
  std::string next_said() {
    for (std::string& body : bodies_of(session_.said())) said_.push_back(std::move(body));
    if (said_.empty()) return "";
    std::string first = std::move(said_.front());
    said_.erase(said_.begin());
    return first;
  }

  void message(std::uint8_t flags, const std::string& payload) {
    if (!peer_.is_ready()) return;
    const std::string body = peer_.traffic().message(static_cast<char>(flags) + payload);
    count();
    const int clear = (flags & 1) | (flags & 2) << 1;
    if (!is_strange_ && change_ == 0) twin_.hear(frame_of(clear | (payload.size() > 255 ? 2 : 0), payload));
    carry(frame_of(body.size() > 255 ? 2 : 0, changed(body)));
  }

  void strange(const std::string& bytes) {
    if (bytes.empty()) return;
    is_strange_ = true;
    carry(bytes);
  }

  // Only a byte of HELLO's padding is not looked at.
  std::string changed(std::string body) {
    if (change_ == 0) return body;
    const std::size_t at = change_at_ % body.size();
    body[at] = static_cast<char>(body[at] ^ std::exchange(change_, std::uint8_t{0}));
    const bool is_padding = body.starts_with("\x05HELLO") && at >= 8 && at < 80;
    is_strange_ |= !is_padding;
    return body;
  }

  void carry(const std::string& frame) {
    last_frame_ = frame;
    const std::string before = session_.side.log;
    hear(frame);
    if (is_strange_) must(session_.side.log == before);
  }

  void say(const std::string& payload) {
    if (session_.session().has_failed()) return;
    session_.session().send(as_bytes(payload));
    session_.session().ping(static_cast<std::uint16_t>(payload.size()));
    if (!session_.session().has_shaken_hands()) return;
    twin_.session().send(as_bytes(payload));
    twin_.session().ping(static_cast<std::uint16_t>(payload.size()));
  }

  void hear(std::string_view bytes) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(cut_, bytes.size()))) session_.hear(bytes.substr(0, cut_));
  }

  void compare() {
    if (is_strange_) return;
    must(session_.side.log == twin_.side.log);
    must(session_.side.last == twin_.side.last);
    must(session_.failure().fault == twin_.failure().fault);
    must(session_.session().ttl() == twin_.session().ttl());
    if (!peer_.is_ready()) return;
    const std::string expected = twin_.said();
    std::string opened;
    for (std::string body = next_said(); !body.empty(); body = next_said()) {
      const auto plain = peer_.traffic().opened(body);
      must(plain.has_value());
      opened += frame_of(((*plain)[0] & 2) << 1 | (plain->size() > 256 ? 2 : 0), plain->substr(1));
    }
    must(opened == expected);
  }

  Hearer session_, twin_;
  CurvePeer& peer_;
  std::size_t cut_;
  Bytes script_;
  std::string last_frame_;
  std::vector<std::string> said_;  // by the session, and not heard by the peer
  std::uint64_t highest_ = 0;      // counter that the session has seen
  std::size_t change_at_ = 0;
  std::uint8_t change_ = 0;  // bits of one byte of the next frame
  bool is_strange_ = false, is_lying_ = false;
};

// The first byte sets the habits, the second the cuts.
template <class Peer>
void fuzz_curve(ZmtpRole role, const CurveKeys& keys, const std::uint8_t* data, std::size_t size) {
  if (size < 2) return;
  const std::uint8_t habits = data[0];
  const ZmtpTerms terms{.role = role,
                        .socket = (habits & 2) != 0 ? ZmtpSocket::dealer : ZmtpSocket::router,
                        .identity = "ours",
                        .curve = &keys,
                        .must_have_identity = (habits & 1) != 0,
                        .max_message = (habits & 4) != 0 ? std::size_t{1'000} : kMaxMessageSize};
  std::string told[2];
  for (int i = 0; i < 2; ++i) {
    const KnownRandom random(std::string(144, '\x5a'));
    Peer peer;
    CurveScript script(terms, peer, i == 0 ? std::size_t{1} << 20U : std::size_t{1} + data[1]);
    script.run({data + 2, size - 2});
    told[i] = script.told();
  }
  must(told[0] == told[1]);
}

}  // namespace zeroway::test
