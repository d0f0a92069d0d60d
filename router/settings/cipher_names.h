// The ciphers that a site may offer, by the names that people write.
//
// Owner: nobody; free functions.   Thread: any.
// Only ciphers with a key exchange that keeps old traffic secret (ECDHE), for this router makes no DHE; of TLS 1.2 also
// those with CBC, for old devices. Not here: the router's own choice (router/net/tls_context.cpp).
#pragma once
#include <string>
#include <vector>

namespace zeroway {

// OpenSSL's name for `name`, which is OpenSSL's or IANA's; "" when the router does not have such a cipher. Those of
// TLS 1.3 have one name, which begins with "TLS_"; OpenSSL's names of TLS 1.2 never do.
[[nodiscard]] std::string cipher_of(const std::string& name);
// OpenSSL's names of all of them.
[[nodiscard]] const std::vector<std::string>& all_ciphers();

}  // namespace zeroway
