#include "router/wamp/auth/doorkeeper.h"

#include <algorithm>
#include <array>
#include <utility>

#include "router/wamp/auth/cookie_auth.h"
#include "router/wamp/auth/limits.h"

namespace zeroway {

namespace {

// All that a client may name, whether a path has it or not.
constexpr std::array<std::string_view, 9> kNames{
    "anonymous", "ticket", "wampcra", "scram", "cryptosign", "tls", "cookie", "anonymous-proxy", "cryptosign-proxy"};

bool is_name(std::string_view name) { return std::find(kNames.begin(), kNames.end(), name) != kNames.end(); }

AuthRefusal unknown_method(const std::string& name) {
  return {auth_error::kNoMethod, "authmethod \"" + name.substr(0, kLongestShownMethod) + "\" is unknown"};
}

}  // namespace

Doorkeeper::Doorkeeper(const WampAuthSpec& spec, CookieStore* cookies, RandomBytes random)
    : challenge_timeout_(spec.challenge_timeout), cookies_(cookies), random_(std::move(random)) {
  if (spec.anonymous) methods_.push_back(make_anonymous_auth(*spec.anonymous));
  if (!spec.ticket.empty()) methods_.push_back(make_ticket_auth(spec.ticket));
  if (!spec.wampcra.empty()) methods_.push_back(make_cra_auth(spec.wampcra));
  if (!spec.scram.empty()) methods_.push_back(make_scram_auth(spec.scram));
  if (!spec.cryptosign.empty()) methods_.push_back(make_cryptosign_auth(spec.cryptosign));
  if (!spec.tls.empty()) methods_.push_back(make_tls_auth(spec.tls));
  if (cookies_ != nullptr) methods_.push_back(make_cookie_auth(*cookies_));
}

MethodAnswer Doorkeeper::hello(const AuthHello& hello, const AuthClient& client, WampWallTime wall) const {
  for (const std::string& name : hello.methods) {
    if (!is_name(name)) return unknown_method(name);
    const AuthMethod* method = find(name);
    if (method == nullptr) continue;
    MethodAnswer answer = method->hello({hello, client, wall, random_});
    if (!std::holds_alternative<NextMethod>(answer)) return answer;
  }
  return AuthRefusal{auth_error::kNoMethod, "none of the client's authmethods is one of this path: " + names()};
}

// Everybody may be anonymous: a memory of those would only push out the others.
void Doorkeeper::remember(const AuthClient& client, const Admission& admission, WampWallTime wall) const {
  const bool has_shown = admission.method != "anonymous" && admission.provider != "cookie";
  if (cookies_ != nullptr && has_shown && !client.cookie.empty()) cookies_->remember(client.cookie, admission, wall);
}

const AuthMethod* Doorkeeper::find(std::string_view name) const {
  const auto found =
      std::find_if(methods_.begin(), methods_.end(), [&](const auto& one) { return one->name() == name; });
  return found == methods_.end() ? nullptr : found->get();
}

std::string Doorkeeper::names() const {
  std::string names;
  for (const auto& method : methods_) names.append(names.empty() ? "" : ", ").append(method->name());
  return names;
}

}  // namespace zeroway
