#include "router/wamp/auth/cookie_auth.h"

#include "router/access/base64.h"

namespace zeroway {

namespace {

class CookieAuth final : public AuthMethod {
 public:
  CookieAuth(const CookieStore& store, IsValidAdmission is_valid) : store_(store), is_valid_(std::move(is_valid)) {}

  std::string_view name() const override { return "cookie"; }
  // In another realm the client may be nobody, or somebody else.
  MethodAnswer hello(const AuthQuestion& question) const override {
    if (question.client.cookie.empty()) return NextMethod{};
    auto admission = store_.find(question.client.cookie, question.wall);
    const std::string& realm = question.hello.realm;
    if (!admission || (!realm.empty() && realm != admission->realm) || !is_valid_(*admission)) return NextMethod{};
    admission->provider = "cookie";
    return std::move(*admission);
  }

 private:
  const CookieStore& store_;
  const IsValidAdmission is_valid_;
};

}  // namespace

CookieChoice choose_cookie(const WampCookieSpec& spec, const CookieStore& store,
                           const std::vector<std::string_view>& offered, WampWallTime now, const RandomBytes& random) {
  for (const std::string_view cookie : offered)
    if (store.find(cookie, now)) return {std::string(cookie), false};
  return {encode_base64url(random(spec.length)).substr(0, spec.length), true};
}

std::string set_cookie(const WampCookieSpec& spec, std::string_view cookie, std::string_view path, IsSecure secure) {
  std::string field = spec.name + '=' + std::string(cookie) + "; Max-Age=" + std::to_string(spec.max_age.count());
  field.append("; Path=").append(path).append("; HttpOnly; SameSite=Lax");
  return secure == IsSecure::yes ? field + "; Secure" : field;
}

std::unique_ptr<AuthMethod> make_cookie_auth(const CookieStore& store, IsValidAdmission is_valid) {
  return std::make_unique<CookieAuth>(store, std::move(is_valid));
}

}  // namespace zeroway
