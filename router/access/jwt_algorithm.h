// The algorithms of signed tokens (RFC 7518 §3.1, RFC 8037 §3.1) that the router can check.
//
// Owner: nobody; values.   Thread: any.
// `none` is no algorithm here. Not here: keys (access/jwt_keys.h).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace zeroway {

// What kind of key an algorithm needs.
enum class JwtKeyType : std::uint8_t { secret, rsa, p256, p384, p521, ed25519 };

struct JwtAlgorithm {
  enum class Form : std::uint8_t { hmac, pkcs1, pss, ecdsa, eddsa };

  std::string_view name;
  JwtKeyType key;
  Form form;
  int hash_bits;  // of SHA-2; 0 = the algorithm has its own hash
};

inline constexpr std::array<JwtAlgorithm, 13> kJwtAlgorithms{{
    {"HS256", JwtKeyType::secret, JwtAlgorithm::Form::hmac, 256},
    {"HS384", JwtKeyType::secret, JwtAlgorithm::Form::hmac, 384},
    {"HS512", JwtKeyType::secret, JwtAlgorithm::Form::hmac, 512},
    {"RS256", JwtKeyType::rsa, JwtAlgorithm::Form::pkcs1, 256},
    {"RS384", JwtKeyType::rsa, JwtAlgorithm::Form::pkcs1, 384},
    {"RS512", JwtKeyType::rsa, JwtAlgorithm::Form::pkcs1, 512},
    {"PS256", JwtKeyType::rsa, JwtAlgorithm::Form::pss, 256},
    {"PS384", JwtKeyType::rsa, JwtAlgorithm::Form::pss, 384},
    {"PS512", JwtKeyType::rsa, JwtAlgorithm::Form::pss, 512},
    {"ES256", JwtKeyType::p256, JwtAlgorithm::Form::ecdsa, 256},
    {"ES384", JwtKeyType::p384, JwtAlgorithm::Form::ecdsa, 384},
    {"ES512", JwtKeyType::p521, JwtAlgorithm::Form::ecdsa, 512},
    {"EdDSA", JwtKeyType::ed25519, JwtAlgorithm::Form::eddsa, 0},
}};

// Null for a name that is no such algorithm.
[[nodiscard]] constexpr const JwtAlgorithm* jwt_algorithm(std::string_view name) {
  for (const JwtAlgorithm& algorithm : kJwtAlgorithms)
    if (algorithm.name == name) return &algorithm;
  return nullptr;
}

}  // namespace zeroway
