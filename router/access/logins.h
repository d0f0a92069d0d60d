// The logins of one loop: judges a request by the login that its site or its route demands.
//
// Owner: the lane's gate.   Thread: one loop.
// Not here: the other rules, which come before (access/access_gate.h); each kind of login (access/basic_login.h,
// access/jwt_login.h, access/login_service.h).
#pragma once
#include "router/access/basic_login.h"
#include "router/access/jwt_login.h"
#include "router/access/login_service.h"
#include "router/access/secrets_in_use.h"

namespace zeroway {

class Logins {
 public:
  // Both outlive this object.
  Logins(HashDesk& desk, const WallClock& clock) : basic_(desk, clock), jwt_(clock) {}

  // From now on.
  void use(Secrets secrets);
  [[nodiscard]] Verdict judge(const AccessQuestion& question, const LoginRule& rule, VerdictTo to);
  // A claim of the token by which the request has just passed; "" = it has no such claim, or no token.
  [[nodiscard]] std::string claim_of(const AccessQuestion& question, const JwtRule& rule, std::string_view claim);
  // Nobody waits for the verdict any more. Ignored for questions that are not waiting here.
  void forget(ExchangeKey key);

 private:
  SecretsInUse secrets_;
  BasicLogin basic_;
  JwtLogin jwt_;
  LoginService service_;
};

}  // namespace zeroway
