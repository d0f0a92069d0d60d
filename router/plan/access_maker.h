// Makes the rules of access of one site, and of its routes that have rules of their own.
//
// Owner: SiteMaker, on its stack.   Thread: any.
// The counts of a limit stay at a reload as long as the names of its site and the path of its route stay.
// Not here: reading the file (router/settings), judging (router/access/access_gate.h).
#pragma once
#include <string>
#include <utility>

#include "router/plan/login_maker.h"
#include "router/plan/plan.h"
#include "router/settings/sites.h"

namespace zeroway {

class AccessMaker {
 public:
  AccessMaker(const SiteSettings& said, Plan& plan, IndexOfBackend backend_of)
      : said_(said), plan_(plan), backend_of_(std::move(backend_of)), of_site_(keep(rules_of_site(said.login))) {}

  // Null = every request passes.
  [[nodiscard]] const AccessRules* of_site() const { return of_site_; }
  [[nodiscard]] const AccessRules* of_route(const RouteSettings& route);
  // The site's without its login: of a redirect to https, because nobody is to say a password before the connection is
  // safe; and of health pages, because who looks whether the router is well has no password.
  [[nodiscard]] const AccessRules* without_login() { return keep(rules_of_site({})); }

 private:
  [[nodiscard]] AccessRules rules_of_site(const LoginSettings& login) const;
  [[nodiscard]] const AccessRules* keep(AccessRules rules);

  const SiteSettings& said_;
  Plan& plan_;
  const IndexOfBackend backend_of_;
  const AccessRules* const of_site_;
};

}  // namespace zeroway
