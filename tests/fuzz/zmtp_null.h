// Any bytes from a peer with NULL: what a target for one role does with them.
//
// Not here: which role (zmtp_null_client_fuzz.cpp, zmtp_null_server_fuzz.cpp).
#pragma once
#include <cstdint>
#include <string>

#include "tests/fuzz/must.h"
#include "tests/zmtp/zmtp_bytes.h"
#include "tests/zmtp/zmtp_hearer.h"

namespace zeroway::test {

inline constexpr std::uint8_t kHabitIdentity = 1;  // the terms want a routing id
inline constexpr std::uint8_t kHabitDealer = 2;    // our socket is a DEALER
inline constexpr std::uint8_t kHabitSmall = 4;     // messages have up to 100 bytes
inline constexpr std::uint8_t kHabitGreets = 8;    // the peer begins with a good greeting
inline constexpr std::uint8_t kHabitReady = 16;    // and READY
inline constexpr std::uint8_t kHabitOld = 32;      // of version 3.0

// Looks at each call, and says something back to each message.
class Watched : public Hearer {
 public:
  explicit Watched(const ZmtpTerms& terms) : Hearer(terms), most_(terms.max_message) {}

  // In pieces of `size`.
  void hear_in_pieces(std::string_view bytes, std::size_t size) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
      const std::size_t before = side.log.size();
      const bool was_over = session().has_failed();
      hear(bytes.substr(0, size));
      must(!was_over || (side.log.size() == before && unread() == 0));
      must(side.last.size() <= most_);
      if (session().has_shaken_hands() && side.log.size() != before) session().send(as_bytes(side.last));
    }
  }
  [[nodiscard]] std::string told() {
    return side.log + std::to_string(static_cast<int>(failure().fault)) + failure().detail +
           std::to_string(session().ttl()) + (session().may_ping() ? "pings" : "");
  }

 private:
  std::size_t most_;
};

inline std::string null_told(const ZmtpTerms& terms, std::string_view bytes, std::size_t size) {
  Watched watched(terms);
  watched.hear_in_pieces(bytes, size);
  const std::size_t most = terms.max_message + kZmtpMaxHandshakeFrame + 9;
  must(watched.unread() < most);
  // A PONG is never longer than its PING; the answers above repeat what came.
  const std::size_t handshake = 64 + 2 + 255;
  must(watched.said().size() <= handshake + (bytes.size() + 1) * (bytes.size() + 11));
  return watched.told();
}

// The first byte sets the habits, the second the cuts.
inline void fuzz_null(ZmtpRole role, const std::uint8_t* data, std::size_t size) {
  if (size < 2) return;
  const std::uint8_t habits = data[0];
  const ZmtpTerms terms{.role = role,
                        .socket = (habits & kHabitDealer) != 0 ? ZmtpSocket::dealer : ZmtpSocket::router,
                        .identity = "ours",
                        .must_have_identity = (habits & kHabitIdentity) != 0,
                        .max_message = (habits & kHabitSmall) != 0 ? std::size_t{100} : kMaxMessageSize};
  std::string bytes;
  if ((habits & (kHabitGreets | kHabitReady)) != 0)
    bytes += greeting_of({.minor = (habits & kHabitOld) != 0 ? '\0' : '\1'});
  if ((habits & kHabitReady) != 0) bytes += ready_of("DEALER", "peer");
  bytes += as_text({data + 2, size - 2});
  const std::string whole = null_told(terms, bytes, bytes.size() + 1);
  must(null_told(terms, bytes, 1) == whole);
  must(null_told(terms, bytes, std::size_t{1} + data[1]) == whole);
}

}  // namespace zeroway::test
