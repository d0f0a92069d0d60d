#include "router/access/logins.h"

#include <utility>

namespace zeroway {

namespace {

Verdict no_secret(const SecretSpec& spec) {
  return Verdict::refusal(
      {Fault::router, Code::internal, false, spec.file + " belongs to a configuration that is gone"});
}

}  // namespace

void Logins::use(Secrets secrets) {
  secrets_.use(std::move(secrets));
  basic_.forget_logins();
  jwt_.forget_tokens();
}

Verdict Logins::judge(const AccessQuestion& question, const LoginRule& rule, VerdictTo to) {
  if (const auto* basic = std::get_if<BasicRule>(&rule)) {
    const Secret* secret = secrets_.find(basic->passwords);
    if (secret == nullptr) return no_secret(basic->passwords);
    return basic_.judge(question, *basic, std::get<PasswordFile>(*secret), to);
  }
  if (const auto* jwt = std::get_if<JwtRule>(&rule)) {
    const Secret* secret = secrets_.find(jwt->keys);
    if (secret == nullptr) return no_secret(jwt->keys);
    return jwt_.judge(question, *jwt, std::get<JwtKeys>(*secret));
  }
  if (const auto* forward = std::get_if<ForwardRule>(&rule)) return service_.judge(question, *forward, to);
  return {};
}

std::string Logins::claim_of(const AccessQuestion& question, const JwtRule& rule, std::string_view claim) {
  const Secret* secret = secrets_.find(rule.keys);
  return secret == nullptr ? std::string() : jwt_.claim_of(question.head, rule, std::get<JwtKeys>(*secret), claim);
}

void Logins::forget(ExchangeKey key) {
  basic_.forget(key);
  service_.forget(key);
}

}  // namespace zeroway
