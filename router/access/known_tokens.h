// The claims of signed tokens whose signature is right. Those that came last are remembered: a signature takes up to
// 0.1 ms.
//
// Owner: each judge of tokens.   Thread: one loop.
// Not here: keys (access/jwt_keys.h), what the claims must say (access/jwt_claims.h).
#pragma once
#include <string_view>

#include "router/access/digest_memory.h"
#include "router/access/jwt_keys.h"
#include "router/access/limits.h"
#include "router/settings/node.h"

namespace zeroway {

class KnownTokens {
 public:
  // Good until the next call. The error says what is wrong, for the log.
  [[nodiscard]] Result<const Node*> claims_of(std::string_view token, const JwtKeys& keys);
  // Keys have changed.
  void clear() { memory_.clear(); }

 private:
  SecretHash hash_;
  DigestMemory<Node> memory_{kMostTokens};
};

}  // namespace zeroway
