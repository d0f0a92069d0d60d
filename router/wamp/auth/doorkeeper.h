// Which methods of authentication a path of WAMP has, and what they answer to a HELLO.
//
//     authmethods of HELLO, in the client's order:
//       no name of a method ───────▶ refused: no_auth_method
//       one that the path has ─────▶ its answer, unless it is not for this client
//       any other ─────────────────▶ the next one; none left: refused: no_auth_method
//
// Owner: the path's backend.   Thread: one loop; never changed.
// The role that a client wishes is ignored. Not here: one session (auth_session.h).
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/wamp/auth/auth_method.h"
#include "router/wamp/auth/cookie_store.h"

namespace zeroway {

class Doorkeeper {
 public:
  // `cookies`, which `spec.cookie` wants and else is null, outlives this object.
  Doorkeeper(WampAuthSpec spec, CookieStore* cookies, RandomBytes random = secure_random);
  Doorkeeper(const Doorkeeper&) = delete;
  Doorkeeper& operator=(const Doorkeeper&) = delete;

  // Never NextMethod.
  [[nodiscard]] MethodAnswer hello(const AuthHello& hello, const AuthClient& client, WampWallTime wall) const;
  // The client has joined by a proof: its cookie admits it from now on.
  void remember(const AuthClient& client, const WampAdmission& admission, WampWallTime wall) const;
  // The client has logged out: its cookie admits nobody any more.
  void forget(const AuthClient& client) const;
  [[nodiscard]] std::chrono::milliseconds challenge_timeout() const { return spec_.challenge_timeout; }

 private:
  // Whether `admission`, which a cookie remembers, is what its principal is still given.
  [[nodiscard]] bool is_valid(const WampAdmission& admission) const;
  [[nodiscard]] const AuthMethod* find(std::string_view name) const;
  [[nodiscard]] std::string names() const;

  const WampAuthSpec spec_;
  CookieStore* const cookies_;
  const RandomBytes random_;
  std::vector<std::unique_ptr<AuthMethod>> methods_;
};

}  // namespace zeroway
