// Makes the rule of a login of what a file says.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: which rule a route has (router/plan/site_maker.cpp), what its files hold (router/access/secrets.h).
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "router/plan/login_rules.h"
#include "router/plan/plan.h"
#include "router/settings/sites.h"

namespace zeroway {

// The index of a backend in Plan::backends.
using IndexOfBackend = std::function<std::size_t(BackendSpec)>;

[[nodiscard]] LoginRule make_login(const LoginSettings& said, const IndexOfBackend& backend_of);
// What holds for a route: its own login, else its site's, unless it has switched that off.
[[nodiscard]] LoginSettings login_of(const SiteSettings& site, const RouteSettings& route);
// The fields, in lower case, in which the backends of the site believe what its logins have found out of a client.
[[nodiscard]] std::vector<std::string> login_fields(const SiteSettings& site);
// The parameters of queries in which its clients may send tokens.
[[nodiscard]] std::vector<std::string> secret_parameters_of(const SiteSettings& site);
// The file is in `secrets`, once.
void add_secret_file(const SecretSpec& wanted, std::vector<SecretSpec>& secrets);
// The same of the one that the rule needs, if it needs one.
void add_secret(const LoginRule& rule, std::vector<SecretSpec>& secrets);

}  // namespace zeroway
