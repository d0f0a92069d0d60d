// Makes certificates: temporary ones that nobody believes, and those of a local authority.
//
// Owner: nobody; free functions.   Thread: any.
// All keys are ECDSA P-256. A certificate never ends after the one that signed it.
// Not here: keeping them (acme/local_authority.h, acme/file_store.h), those of challenges (net/tls_challenges.h).
#pragma once
#include <string>

#include "proto/error.h"
#include "router/observe/wall_clock.h"

namespace zeroway {

// Who signs: a certificate and its key, both PEM.
struct Issuer {
  std::string certificate;
  std::string key;
};

// A pair for `host`, signed by itself.
[[nodiscard]] Result<std::string> make_temporary_pair(const std::string& host, WallTime now);

[[nodiscard]] Result<Issuer> make_root(WallTime now);
[[nodiscard]] Result<Issuer> make_intermediate(const Issuer& root, WallTime now);
// A pair for `host`, a name or an address, with the issuer's certificate behind it.
[[nodiscard]] Result<std::string> make_leaf(const Issuer& intermediate, const std::string& host, WallTime now);

// Whether the certificate is signed by the issuer's, and the key is its own.
[[nodiscard]] bool is_issued_by(const Issuer& one, const Issuer& by);
// When the certificate ends; WallTime::min() for none.
[[nodiscard]] WallTime end_of_issuer(const Issuer& issuer);
// Whether key and certificate belong together.
[[nodiscard]] bool is_whole(const Issuer& issuer);

}  // namespace zeroway
