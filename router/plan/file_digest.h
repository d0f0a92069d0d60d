// The digest by which the content of a file is known.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: keyed hashes of secrets (router/access/secret_hash.h).
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// SHA-256 (FIPS 180-4) in 64 hex digits, lower case.
[[nodiscard]] std::string sha256_hex(std::string_view content);

}  // namespace zeroway
