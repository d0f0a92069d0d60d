// The keys of logins, which a site and a route have alike.
//
// Owner: describe_file().   Thread: any.
// Not here: which of them exclude each other (settings/login_checks.h).
#pragma once
#include "router/settings/keys.h"
#include "router/settings/login_settings.h"
#include "router/settings/login_url.h"

namespace zeroway {

void describe_basic_auth(Keys<BasicAuthSettings>& keys);
void describe_jwt(Keys<JwtSettings>& keys);
void describe_forward_auth(Keys<ForwardAuthSettings>& keys);
// What may stand in the place of the table.
[[nodiscard]] Fit read_forward_auth(LoginSettings& login, const Value& value);

// S has a LoginSettings `login`.
template <class S>
void describe_login(Keys<S>& keys) {
  keys.optional_table(
          "basic_auth", [](S & s) -> auto& { return s.login.basic; }, "Clients log in with a password",
          describe_basic_auth)
      .optional_table(
          "jwt", [](S & s) -> auto& { return s.login.jwt; }, "Clients bring a signed token (JWT)", describe_jwt)
      .optional_table(
          "forward_auth", [](S & s) -> auto& { return s.login.forward; },
          "A login service is asked before each request: 2xx lets it pass, anything else is the reply. forward_auth = "
          "URL stands for a table with this url",
          describe_forward_auth)
      .or_short([](S& target, const Value& value) { return read_forward_auth(target.login, value); });
}

}  // namespace zeroway
