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

template <class Spec>
bool is_principal(const std::vector<Spec>& specs, const WampAdmission& admission) {
  return std::any_of(specs.begin(), specs.end(), [&](const Spec& spec) {
    const WampPrincipal& who = spec.who;
    return who.authid == admission.authid && who.role == admission.role &&
           (who.realm.empty() || who.realm == admission.realm);
  });
}

AuthRefusal unknown_method(const std::string& name) {
  return {auth_error::kNoMethod, "authmethod \"" + name.substr(0, kLongestShownMethod) + "\" is unknown"};
}

}  // namespace

Doorkeeper::Doorkeeper(WampAuthSpec spec, CookieStore* cookies, RandomBytes random)
    : spec_(std::move(spec)), cookies_(cookies), random_(std::move(random)) {
  if (spec_.anonymous) methods_.push_back(make_anonymous_auth(*spec_.anonymous));
  if (!spec_.ticket.empty()) methods_.push_back(make_ticket_auth(spec_.ticket));
  if (!spec_.wampcra.empty()) methods_.push_back(make_cra_auth(spec_.wampcra));
  if (!spec_.scram.empty()) methods_.push_back(make_scram_auth(spec_.scram));
  if (!spec_.cryptosign.empty()) methods_.push_back(make_cryptosign_auth(spec_.cryptosign));
  if (!spec_.tls.empty()) methods_.push_back(make_tls_auth(spec_.tls));
  if (cookies_ != nullptr)
    methods_.push_back(make_cookie_auth(*cookies_, [this](const WampAdmission& one) { return is_valid(one); }));
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
void Doorkeeper::remember(const AuthClient& client, const WampAdmission& admission, WampWallTime wall) const {
  const bool has_shown = admission.method != "anonymous" && admission.provider != "cookie";
  if (cookies_ == nullptr || !spec_.cookie || !has_shown || client.cookie.empty()) return;
  cookies_->remember(client.cookie, admission, wall + spec_.cookie->max_age);
}

void Doorkeeper::forget(const AuthClient& client) const {
  if (cookies_ != nullptr && !client.cookie.empty()) cookies_->forget(client.cookie);
}

bool Doorkeeper::is_valid(const WampAdmission& admission) const {
  if (admission.method == "ticket") return is_principal(spec_.ticket, admission);
  if (admission.method == "wampcra") return is_principal(spec_.wampcra, admission);
  if (admission.method == "scram") return is_principal(spec_.scram, admission);
  if (admission.method == "cryptosign") return is_principal(spec_.cryptosign, admission);
  return admission.method == "tls" && is_principal(spec_.tls, admission);
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
