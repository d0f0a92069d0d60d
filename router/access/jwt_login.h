// Judges requests by signed tokens (RFC 6750): finds the token, checks its signature and its claims.
//
// Owner: Logins.   Thread: one loop.
// A signature takes up to 0.1 ms, as a TLS handshake does, so it is checked on the loop.
// Not here: keys (access/jwt_keys.h), claims (access/jwt_claims.h).
#pragma once
#include <optional>
#include <string_view>

#include "router/access/jwt_claims.h"
#include "router/access/known_tokens.h"
#include "router/exchange/access_judge.h"
#include "router/observe/wall_clock.h"

namespace zeroway {

class JwtLogin {
 public:
  // `clock` outlives this object.
  explicit JwtLogin(const WallClock& clock) : clock_(clock) {}

  // Never `later`.
  [[nodiscard]] Verdict judge(const AccessQuestion& question, const JwtRule& rule, const JwtKeys& keys);
  // A claim, as text, of the token of a request that has passed; "" = it has none, or one that is no text.
  [[nodiscard]] std::string claim_of(const Head& head, const JwtRule& rule, const JwtKeys& keys,
                                     std::string_view claim);
  // Keys have changed.
  void forget_tokens() { tokens_.clear(); }

 private:
  const WallClock& clock_;
  KnownTokens tokens_;
};

// The token of the request; nothing without one. The errors are the client's.
[[nodiscard]] Result<std::optional<std::string_view>> find_token(const Head& head, const JwtRule& rule);

}  // namespace zeroway
