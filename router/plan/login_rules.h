// How clients of a site or a route log in: with a password, with a token, or at a login service.
//
// Owner: the plan's rules of access (router/plan/access_rules.h).   Thread: any; never changed.
// Not here: judging a login (router/access/logins.h), what the files hold (router/access/secrets.h).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace zeroway {

// A file of passwords or keys, and how it is read. Two equal ones are one file. `cookie_key`: any bytes that nobody can
// guess.
struct SecretSpec {
  enum class Kind : std::uint8_t { passwords, pem, hmac_secret, key_set, cookie_key };

  Kind kind = Kind::passwords;
  std::string file;
  std::vector<std::string> algorithms;  // of keys; none = by the key

  bool operator==(const SecretSpec&) const = default;
};

// By a password (RFC 7617).
struct BasicRule {
  SecretSpec passwords;
  std::string realm;
  std::string user_field;             // the backend finds the user's name there; "" = nowhere
  bool strips_authorization = false;  // the backend does not see the password

  bool operator==(const BasicRule&) const = default;
};

// By a signed token (RFC 7519, RFC 6750).
struct JwtRule {
  struct Wanted {
    std::string claim;
    std::vector<std::string> values;  // one of them is enough

    bool operator==(const Wanted&) const = default;
  };
  struct Told {
    std::string claim, field;

    bool operator==(const Told&) const = default;
  };

  SecretSpec keys;
  std::string realm;
  std::vector<std::string> issuers, audiences;  // one of them; none = any
  std::chrono::seconds leeway{0};               // by which clocks may differ
  bool wants_expiry = false;                    // refuse tokens without `exp`
  bool is_optional = false;                     // no token passes; a wrong one never does
  std::string cookie, query;                    // where a token may be besides Authorization; "" = nowhere
  bool strips_token = false;                    // the backend does not see the token
  std::vector<Wanted> wanted;                   // each of them, else 403
  std::vector<Told> told;                       // claims that the backend finds in fields

  bool operator==(const JwtRule&) const = default;
};

// At a login service, which is asked before each request.
struct ForwardRule {
  std::size_t backend = 0;                // index in Plan::backends
  std::string path;                       // with its query
  std::chrono::milliseconds timeout{0};   // for the head of its answer
  std::vector<std::string> copy_request;  // fields of its answer that the backend gets; lower case
  std::vector<std::string> copy_reply;    // fields of its answer that the client gets

  bool operator==(const ForwardRule&) const = default;
};

using LoginRule = std::variant<std::monostate, BasicRule, JwtRule, ForwardRule>;

}  // namespace zeroway
