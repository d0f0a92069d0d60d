// Requests on a site with services of sessions, through the gate, which knows the site's secrets.
//
// Owner: a test.   Thread: one.
// Not here: rules of access of other sites (tests/access/access_gate_test.cpp).
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "router/access/access_gate.h"
#include "tests/access/fake_desk.h"
#include "tests/access/token_maker.h"
#include "tests/exchange/site_script.h"

namespace zeroway {

inline const std::string kTokenSecret(32, 's');
inline constexpr std::int64_t kNow = 784'111'777;  // of FakeClock, in seconds since 1970

inline std::string signed_claims(const std::string& claims, const std::string& secret = kTokenSecret) {
  return token_of(secret, R"({"alg":"HS256"})", claims);
}
// Good for another hour.
inline std::string token_for(const std::string& circuit, const std::string& secret = kTokenSecret) {
  return signed_claims(R"({"circuit":")" + circuit + R"(","exp":)" + std::to_string(kNow + 3'600) + "}", secret);
}

inline Secrets secrets_of_permits(const std::string& tokens = kTokenSecret,
                                  const std::string& cookies = std::string(32, 'k')) {
  Secrets all;
  all.push_back({{SecretSpec::Kind::hmac_secret, "dir/secret", {"HS256"}},
                 std::make_shared<const Secret>(*JwtKeys::read_secret(tokens, "secret", {"HS256"}))});
  all.push_back({{SecretSpec::Kind::cookie_key, "dir/key", {}}, std::make_shared<const Secret>(CookieKey{cookies})});
  return all;
}

inline std::string closed_site(const std::string& more = "", const std::string& hosts = "") {
  return site_text("fabric = false\n" + hosts) +
         "[sites.sessions]\nenabled = true\nopen_to_public = false\njwt_secret_file = \"secret\"\n"
         "permit_key_file = \"key\"\n" +
         more;
}

// The services "/s1/a" and "/s1/b" are announced. A status of 0: the backend was asked.
struct PermitScript : SiteScript {
  explicit PermitScript(const std::string& text = closed_site()) : SiteScript(text) {
    judge.real = &gate;
    exchanges.give_permits_by(gate.permits());
    gate.use(secrets_of_permits());
    route.circuits.announce("/s1/a", backend);
    route.circuits.announce("/s1/b", backend);
  }
  int status_with(std::string_view token, std::string_view path = "/s1/a/", std::string_view scheme = "Bearer") {
    return status(path, {{"authorization", std::string(scheme).append(" ").append(token)}});
  }
  int status_as(std::string_view cookie, std::string_view path = "/s1/a/") {
    return status(path, {{"cookie", cookie}});
  }
  // The cookie, NAME=VALUE, that /setup gives; "" = none.
  std::string cookie_by(const std::string& token, const std::string& more = "", const Head& fields = {}) {
    static_cast<void>(status("/setup?token=" + token + more, fields));
    const std::string said = told("set-cookie");
    return said.substr(0, said.find(';'));
  }

  FakeDesk desk;
  AccessGate gate{{clock, desk}};
};

}  // namespace zeroway
