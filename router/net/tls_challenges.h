// The certificates that answer challenges of ACME by TLS (tls-alpn-01, RFC 8737), while such orders are open.
//
// Owner: shared by all loops and by handshakes under way; never changed: a new order makes a new object.   Thread: any.
// A client that offers the protocol acme-tls/1 gets the certificate of its name here, before any site is looked for,
// and is asked for no certificate. Without a challenge for its name the handshake is refused.
// Not here: orders and tokens (who runs the ACME client), where the protocol is looked for (net/tls_context.cpp).
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"

struct ssl_ctx_st;

namespace zeroway {

// One open challenge.
struct TlsChallenge {
  std::string name;                       // the host that is to be proven, lower case
  std::array<std::uint8_t, 32> digest{};  // SHA-256 of the key authorization

  bool operator==(const TlsChallenge&) const = default;
};

class TlsChallenges {
 public:
  // Makes a key and a certificate for each: signed by itself, one name, the digest in the critical extension
  // acmeIdentifier (RFC 8737 §3).
  // For the names of `awaited` an order is open, and its digest comes later: their clients wait for it.
  [[nodiscard]] static Result<std::shared_ptr<const TlsChallenges>> make(const std::vector<TlsChallenge>& open,
                                                                         const std::vector<std::string>& awaited = {});
  ~TlsChallenges();
  TlsChallenges(const TlsChallenges&) = delete;
  TlsChallenges& operator=(const TlsChallenges&) = delete;

  // For a name as the client sent it; null when no challenge is open for it.
  [[nodiscard]] ssl_ctx_st* find(std::string_view name) const;
  [[nodiscard]] bool is_awaited(std::string_view name) const;

 private:
  TlsChallenges() = default;

  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::map<std::string, std::unique_ptr<ssl_ctx_st, Free>, std::less<>> by_name_;  // null where the digest is awaited
};

}  // namespace zeroway
