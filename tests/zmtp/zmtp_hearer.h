// One session and the bytes that its owner keeps for it.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/zmtp/zmtp_pair.h"

namespace zeroway::test {

class Hearer {
 public:
  explicit Hearer(const ZmtpTerms& terms) : side(terms) {}

  void hear(std::string_view bytes) {
    unread_ += bytes;
    unread_.erase(0, side.session.receive(as_bytes(unread_)));
  }
  // What the session says, once.
  std::string said() { return std::exchange(side.session.output(), {}); }
  [[nodiscard]] const ZmtpFailure& failure() const { return side.session.failure(); }
  [[nodiscard]] ZmtpSession& session() { return side.session; }
  [[nodiscard]] std::size_t unread() const { return unread_.size(); }

  ZmtpSide side;

 private:
  std::string unread_;
};

// Everything that can be seen of a session which heard `pieces`.
inline std::string seen(Hearer& hearer, const std::vector<std::string_view>& pieces) {
  for (const std::string_view piece : pieces) hearer.hear(piece);
  const ZmtpFailure& failure = hearer.failure();
  return hearer.side.log + "fault " + std::to_string(static_cast<int>(failure.fault)) + " " + failure.detail + "|" +
         hearer.said();
}

}  // namespace zeroway::test
