// Seals the identities of members for the cookies of sticky sessions, and permits for theirs: AES-256-SIV (RFC 5297).
// Nobody without the key can make a cookie, change one, or read an address in it. The same identity has the same text,
// in every router with this key.
//
// Owner: Lane, one for its exchanges; Permits, one for each key.   Thread: one loop.
// Not here: where the key comes from (router/sticky_key.h), the cookie (router/exchange/stickiness.h).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "router/exchange/member_seal.h"
#include "router/route/by_text.h"

namespace zeroway {

class StickySeal final : public MemberSeal {
 public:
  // Texts of another key are unknown from now on. `secret`: any bytes, at least 32 that nobody can guess.
  void use(std::string_view secret);

  // Before use() there is no key, and no text.
  [[nodiscard]] std::string seal(std::string_view identity) const override;
  // Remembers the texts that it has opened last: to open one costs more than all else that a request costs here.
  [[nodiscard]] std::optional<std::string> open(std::string_view text) override;

 private:
  [[nodiscard]] std::optional<std::string> decrypt(std::string_view text) const;

  std::optional<std::array<std::uint8_t, 64>> key_;
  ByText<std::string> opened_;  // identities
};

}  // namespace zeroway
