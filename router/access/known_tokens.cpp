#include "router/access/known_tokens.h"

#include <utility>

namespace zeroway {

// Two sets of keys may differ in what they take: the hash is of both.
Result<const Node*> KnownTokens::claims_of(std::string_view token, const JwtKeys& keys) {
  const JwtKeys* const address = &keys;
  const Digest digest = hash_.of({token, {reinterpret_cast<const char*>(&address), sizeof(address)}});
  if (const Node* known = memory_.find(digest)) return known;
  auto read = read_jwt(token);
  if (!read) return read.error();
  if (auto checked = keys.check(*read); !checked) return checked.error();
  return &memory_.add(digest, std::move(read->claims));
}

}  // namespace zeroway
