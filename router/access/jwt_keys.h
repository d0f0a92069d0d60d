// The keys that signed tokens are checked with, as the operator keeps them: a PEM file, a secret, or a set of keys
// (JWKS, RFC 7517).
//
// Owner: shared by the loops; new ones are made when their file changes.   Thread: any; never changed.
// The key says which algorithms a token may have, never the token: a public key is no HMAC secret, and `none` nothing.
// Not here: claims (access/jwt_claims.h), when a file is read again (access/secrets_keeper.h).
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "router/access/jwt_token.h"

namespace zeroway {

struct JwtKey;  // access/jwt_keys.cpp

class JwtKeys {
 public:
  // Each error names the file and what is wrong with it. `algorithms`: those that are taken, of those that fit the key;
  // empty = HS256, RS256, ES256 …, by the key.
  using Names = std::vector<std::string>;
  // A public key, or a certificate.
  [[nodiscard]] static Result<JwtKeys> read_pem(std::string_view text, const std::string& file,
                                                const Names& algorithms);
  // All bytes but one end of line.
  [[nodiscard]] static Result<JwtKeys> read_secret(std::string_view text, const std::string& file,
                                                   const Names& algorithms);
  // Keys that are for encryption, or of a kind that is not known here, are left out (RFC 7517 §5).
  [[nodiscard]] static Result<JwtKeys> read_set(std::string_view text, const std::string& file,
                                                const Names& algorithms);

  JwtKeys(JwtKeys&&) noexcept;
  JwtKeys& operator=(JwtKeys&&) noexcept;
  ~JwtKeys();

  // Whether one of the keys has signed the token. A key that has an id is asked only for tokens without one, or with
  // the same. The error says why not, for the log.
  [[nodiscard]] Result<> check(const JwtToken& token) const;
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  JwtKeys();

  std::vector<std::unique_ptr<JwtKey>> keys_;
};

}  // namespace zeroway
