#include "router/plan/permit_rule.h"

#include <doctest/doctest.h>

#include "tests/plan/plan_text.h"

using namespace zeroway;

TEST_CASE("permit rule: the plan has the files of its secrets, the page for permits, and the names that nobody sees") {
  const std::string text = site_text() +
                           "[sites.sessions]\nenabled = true\nopen_to_public = false\n"
                           "jwt_secret_file = \"s\"\npermit_key_file = \"k\"\nsame_site = \"strict\"\n";
  const auto plan = plan_of(text);
  const Site& site = plan->sites.front();
  REQUIRE(plan->permits.size() == 1);
  const PermitRule& rule = plan->permits.front();
  CHECK(site.circuits->permits == &rule);
  CHECK_FALSE(rule.is_open);
  CHECK(rule.attributes == "; HttpOnly; SameSite=Strict");
  CHECK(rule.lifetime == std::chrono::hours(168));
  CHECK(plan->secrets == std::vector<SecretSpec>{{SecretSpec::Kind::hmac_secret, "dir/s", {"HS256"}},
                                                 {SecretSpec::Kind::cookie_key, "dir/k", {}}});
  REQUIRE(site.setup != nullptr);
  CHECK(site.setup->own_answer == OwnAnswer::setup);
  CHECK(site.own_cookies == std::vector<std::string>{"appproxy_permit", "ZRAFF"});
  CHECK(site.secret_parameters == std::vector<std::string>{"token"});
  const auto open = plan_of(site_text() + "[sites.sessions]\nenabled = true\n");
  CHECK(open->sites.front().setup == nullptr);
  CHECK(open->sites.front().secret_parameters.empty());
  CHECK(open->secrets.empty());
}

TEST_CASE("permit rule: what a service says beats what its site says") {
  PermitRule rule;
  static_cast<void>(rule.allowed.add("10.0.0.0/8"));
  CircuitGuard guard{&rule, "/s1/a", {}};
  CHECK(guard.is_open());
  CHECK_FALSE(guard.is_idle());
  CHECK(guard.name() == "/s1/a");
  CHECK(!judge_address(guard, "10.1.1.1"));
  CHECK(!judge_address(guard, "::ffff:10.1.1.1"));
  CHECK(judge_address(guard, "11.1.1.1")->code == Code::denied);
  CHECK(judge_address(guard, "")->code == Code::denied);
  guard.rights.id = "c1";
  guard.rights.open_to_public = false;
  guard.rights.allowed.emplace();
  static_cast<void>(guard.rights.allowed->add("2001:db8::/32"));
  CHECK_FALSE(guard.is_open());
  CHECK(guard.name() == "c1");
  CHECK(judge_address(guard, "10.1.1.1"));
  CHECK(!judge_address(guard, "2001:db8::1"));
}
