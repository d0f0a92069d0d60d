// Turns the identity of a member into a text that only routers with the same key can make and read, and back.
//
// Owner: Lane keeps the one that implements it (router/access/sticky_seal.h).   Thread: one loop.
// Not here: the cookie with that text (exchange/stickiness.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace zeroway {

class MemberSeal {
 public:
  virtual ~MemberSeal() = default;
  // Of the letters of a cookie's value (RFC 6265 §4.1.1).
  [[nodiscard]] virtual std::string seal(std::string_view identity) const = 0;
  // Nothing for a text that was not made with the key in use.
  [[nodiscard]] virtual std::optional<std::string> open(std::string_view text) = 0;
};

}  // namespace zeroway
