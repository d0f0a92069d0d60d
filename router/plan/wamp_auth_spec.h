// How clients of a path of WAMP say who they are, and who may: what the router checks in the place of the backend.
//
// Owner: the plan; a value.   Thread: any; never changed.
// It holds secrets: nothing of it is logged, and what is said of it names the principal only.
// Not here: the checks (router/wamp/auth/doorkeeper.h), how a file says it (settings/wamp_auth_settings.h).
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace zeroway {

// Somebody who may join, and as whom.
struct WampPrincipal {
  std::string authid, role;
  std::string realm;  // that the session joins whatever HELLO names; "" = the one that HELLO names

  bool operator==(const WampPrincipal&) const = default;
};

// Everybody. Without an authid each session gets a random one.
struct AnonymousSpec {
  WampPrincipal who;

  bool operator==(const AnonymousSpec&) const = default;
};

struct TicketSpec {
  WampPrincipal who;
  std::string ticket;

  bool operator==(const TicketSpec&) const = default;
};

// WAMP-CRA. With a salt, `secret` is the base64 text of the key that PBKDF2 makes of the password.
struct CraSpec {
  WampPrincipal who;
  std::string secret;
  std::string salt;              // "" = `secret` is the secret itself
  std::uint32_t iterations = 0;  // of a salt
  std::uint32_t keylen = 0;      // the same, bytes

  bool operator==(const CraSpec&) const = default;
};

// SCRAM-SHA-256 (RFC 7677). The client derives its key; here are the keys by which it is checked.
struct ScramSpec {
  WampPrincipal who;
  std::string kdf;   // "pbkdf2" or "argon2id-13": a word for the client
  std::string salt;  // hex
  std::uint32_t iterations = 0;
  std::uint32_t memory = 0;            // KiB, of argon2id
  std::string stored_key, server_key;  // 32 bytes each, hex

  bool operator==(const ScramSpec&) const = default;
};

// Ed25519. Several keys of one principal: one for each of its devices.
struct CryptosignSpec {
  WampPrincipal who;
  std::vector<std::string> keys;  // 32 bytes each, hex

  bool operator==(const CryptosignSpec&) const = default;
};

// A client's certificate, which the TLS handshake has verified. One of the two is said.
struct CertificateLoginSpec {
  WampPrincipal who;
  std::string fingerprint;  // SHA-256 or SHA-1 of it, lower-case hex
  std::string common_name;

  bool operator==(const CertificateLoginSpec&) const = default;
};

// Who has joined before is known again by a cookie.
struct WampCookieSpec {
  std::string name = "cbtid";
  std::uint32_t length = 24;  // characters
  std::chrono::seconds max_age{86'400};
  std::string file;  // where logins stay when the router ends; "" = nowhere

  bool operator==(const WampCookieSpec&) const = default;
};

struct WampAuthSpec {
  std::chrono::milliseconds challenge_timeout{30'000};
  std::optional<AnonymousSpec> anonymous;
  std::vector<TicketSpec> ticket;
  std::vector<CraSpec> wampcra;
  std::vector<ScramSpec> scram;
  std::vector<CryptosignSpec> cryptosign;
  std::vector<CertificateLoginSpec> tls;
  std::optional<WampCookieSpec> cookie;

  bool operator==(const WampAuthSpec&) const = default;
};

}  // namespace zeroway
