// Tokens whose signature was right a short time ago, with their claims: a signature costs more than all else of a
// request.
//
// Owner: a JwtLogins.   Thread: one loop.
// Holds keyed hashes of tokens, no tokens. To be cleared when keys change. Not here: whether the claims still hold.
#pragma once
#include <cstddef>
#include <deque>
#include <unordered_map>

#include "router/access/secret_hash.h"
#include "router/settings/node.h"

namespace zeroway {

class TokenMemory {
 public:
  // The claims; null for an unknown token. Good until the next add() or clear().
  [[nodiscard]] const Node* find(const Digest& token) const;
  // The oldest one goes when there are kMostTokens. Returns the claims as they are kept.
  const Node& add(const Digest& token, Node claims);
  void clear();
  [[nodiscard]] std::size_t size() const { return claims_.size(); }

 private:
  std::unordered_map<Digest, Node, DigestHash> claims_;
  std::deque<Digest> order_;
};

}  // namespace zeroway
