// How clients of a path of WAMP show who they are, as a file says it: by method, who may join and as whom.
//
// Owner: WampSettings; a value.   Thread: any.
// It holds secrets: errors and logs name keys and principals, and never show these values.
// Not here: the checks of clients (router/wamp/auth), what fits together (settings/wamp_auth_checks.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "router/settings/file_place.h"
#include "router/settings/web_socket_settings.h"

namespace zeroway {

struct AnonymousSettings {
  Located located;
  std::string role = "anonymous";
  std::string realm;   // that all join; "" = the one that a client names
  std::string authid;  // "" = a random one for each session

  bool operator==(const AnonymousSettings&) const = default;
};

// Of every principal below.
struct PrincipalSettings {
  std::string authid, role;
  std::string realm;  // that it joins whatever it names; "" = the one that it names

  bool operator==(const PrincipalSettings&) const = default;
};

struct TicketSettings {
  Located located;
  PrincipalSettings who;
  std::string ticket;

  bool operator==(const TicketSettings&) const = default;
};

// With a salt, all three of its keys are there, and `secret` is the key that they and the password make, in base64.
struct WampCraSettings {
  Located located;
  PrincipalSettings who;
  std::string secret;
  std::string salt;
  std::uint32_t iterations = 0;
  std::uint32_t keylen = 0;  // bytes

  bool operator==(const WampCraSettings&) const = default;
};

struct ScramSettings {
  Located located;
  PrincipalSettings who;
  std::string kdf = "argon2id-13";
  std::string salt;  // hex
  std::uint32_t iterations = 0;
  std::uint32_t memory = 0;            // KiB, of argon2id-13
  std::string stored_key, server_key;  // 64 hex digits

  bool operator==(const ScramSettings&) const = default;
};

struct CryptosignSettings {
  Located located;
  PrincipalSettings who;
  std::vector<std::string> authorized_keys;  // 64 hex digits each

  bool operator==(const CryptosignSettings&) const = default;
};

struct WampTlsSettings {
  Located located;
  PrincipalSettings who;
  std::string fingerprint;  // SHA-256 or SHA-1 in hex, perhaps with colons
  std::string common_name;

  bool operator==(const WampTlsSettings&) const = default;
};

struct WampCookieSettings {
  Located located;
  std::string name = "cbtid";
  std::uint32_t length = 24;
  Millis max_age{86'400'000};
  std::string file;  // "" = logins are forgotten when the router ends

  bool operator==(const WampCookieSettings&) const = default;
};

struct WampAuthSettings {
  Located located;
  Millis challenge_timeout{30'000};  // a slow client takes many seconds for a key of argon2id
  std::optional<AnonymousSettings> anonymous;
  std::vector<TicketSettings> ticket;
  std::vector<WampCraSettings> wampcra;
  std::vector<ScramSettings> scram;
  std::vector<CryptosignSettings> cryptosign;
  std::vector<WampTlsSettings> tls;
  std::optional<WampCookieSettings> cookie;

  bool operator==(const WampAuthSettings&) const = default;
};

}  // namespace zeroway
