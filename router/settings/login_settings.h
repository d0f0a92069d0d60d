// What a configuration file says of logins, for a site or for a route.
//
// Owner: SiteSettings and RouteSettings.   Thread: any; never changed after the file was read.
// Not here: what it means for a request (router/plan/login_rules.h), the keys' names (settings/description_login.cpp).
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "router/settings/file_place.h"
#include "router/settings/member_url.h"
#include "router/settings/web_socket_settings.h"

namespace zeroway {

struct BasicAuthSettings {
  Located located;
  std::string file;
  std::string realm = "Restricted";
  std::string user_field;  // lower case; "" = the backend is told no name
  bool strip_authorization = false;

  bool operator==(const BasicAuthSettings&) const = default;
};

// A claim, and the texts of which it must have one.
struct WantedClaim {
  std::string claim;
  std::vector<std::string> values;

  bool operator==(const WantedClaim&) const = default;
};

struct JwtSettings {
  Located located;
  std::string key_file, secret_file, jwks_file;  // one of them
  std::vector<std::string> algorithms;           // none = by the key
  std::string realm;
  std::vector<std::string> issuers, audiences;  // keys `issuer` and `audience`; none = any
  Millis leeway{5'000};
  bool require_exp = false;
  bool optional = false;
  std::string cookie, query;
  bool strip_token = false;
  std::vector<WantedClaim> required;
  std::vector<std::pair<std::string, std::string>> claims;  // the claim, the field in lower case

  bool operator==(const JwtSettings&) const = default;
};

struct ForwardAuthSettings {
  Located located;
  std::string url;
  MemberUrl target;                                           // `url`, read, without its path
  std::string path = "/";                                     // of `url`, with its query
  Millis timeout{5'000};                                      // for the answer
  std::vector<std::string> copy_headers, copy_reply_headers;  // lower case
  std::string ca_file;                                        // "" = the system's authorities

  bool operator==(const ForwardAuthSettings&) const = default;
};

// At most one of the three.
struct LoginSettings {
  enum class Use : std::uint8_t { as_site, off };

  Use use = Use::as_site;  // of a route without a login of its own
  std::optional<BasicAuthSettings> basic;
  std::optional<JwtSettings> jwt;
  std::optional<ForwardAuthSettings> forward;

  [[nodiscard]] bool is_there() const { return basic || jwt || forward; }

  bool operator==(const LoginSettings&) const = default;
};

}  // namespace zeroway
