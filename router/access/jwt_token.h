// A signed token in its compact form (RFC 7515 §7.1, RFC 7519), taken apart and not believed yet.
//
// Owner: the caller; a value.   Thread: any.
// Not here: signatures (access/jwt_keys.h), what the claims must say (access/jwt_claims.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/error.h"
#include "router/access/jwt_algorithm.h"
#include "router/settings/node.h"

namespace zeroway {

struct JwtToken {
  const JwtAlgorithm* algorithm;
  std::string key_id;            // "" = the token names no key
  std::string_view signed_part;  // good as long as the text of the token
  std::string signature;
  Node claims;  // a table
};

// Refuses everything that two readers could take for different tokens: a member that is there twice, base64url that is
// not strict, a `crit` (nobody here understands an extension), parts that are no JSON objects.
[[nodiscard]] Result<JwtToken> read_jwt(std::string_view text);

}  // namespace zeroway
