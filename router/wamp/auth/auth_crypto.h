// What proofs are made of: hashes, keyed hashes, signatures, random bytes. Bytes are in strings.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: comparing secrets (access/secret_hash.h), what is hashed (cra_auth.cpp and those beside it).
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace zeroway {

[[nodiscard]] std::string sha256(std::string_view text);
[[nodiscard]] std::string sha1(std::string_view text);  // names certificates; proves nothing
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);
// Ed25519 (RFC 8032). False also for a key or a signature of another size.
[[nodiscard]] bool is_signed_by(std::string_view key, std::string_view text, std::string_view signature);

// So many random bytes. Tests hand in bytes that they know.
using RandomBytes = std::function<std::string(std::size_t count)>;
// From the kernel, by OpenSSL.
[[nodiscard]] std::string secure_random(std::size_t count);

[[nodiscard]] std::string hex_of(std::string_view bytes);
// "" for a text that is not hex.
[[nodiscard]] std::string bytes_of_hex(std::string_view hex);
// "" for a text that is not `count` bytes in hex.
[[nodiscard]] std::string bytes_of_hex(std::string_view hex, std::size_t count);
[[nodiscard]] std::string base64_of(std::string_view bytes);

}  // namespace zeroway
