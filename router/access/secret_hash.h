// A hash that nobody outside this process can compute: HMAC-SHA-256 (RFC 2104) with a random key. Secrets are
// remembered as such hashes, and never themselves.
//
// Owner: each memory of secrets keeps one.   Thread: any; never changed.
// Not here: hashes of passwords, which are slow on purpose (access/password_hash.h).
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string_view>

namespace zeroway {

using Digest = std::array<std::uint8_t, 32>;

// The digest is random already.
struct DigestHash {
  std::size_t operator()(const Digest& digest) const {
    std::size_t value = 0;
    std::memcpy(&value, digest.data(), sizeof(value));
    return value;
  }
};

class SecretHash {
 public:
  SecretHash();  // a new random key

  // Of all parts and of where each ends.
  [[nodiscard]] Digest of(std::initializer_list<std::string_view> parts) const;

 private:
  std::array<std::uint8_t, 32> key_;
};

// Compares in a time that depends on the lengths only.
[[nodiscard]] bool is_same_secret(std::string_view one, std::string_view other);

}  // namespace zeroway
