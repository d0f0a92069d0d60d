#include <doctest/doctest.h>

#include "tests/plan/plan_text.h"

namespace zeroway {

namespace {

std::string site_with(const std::string& in_site, const std::string& routes) {
  return site_text(in_site) + proxy_text() + server_text("a", "http://127.0.0.1:1") + routes;
}

const Route& route_of(const Plan& plan, std::string_view path) {
  for (const Route& route : plan.routes)
    if (route.path == path) return route;
  FAIL("no such route");
  return plan.routes.front();
}

bool has(const NetworkSet& set, std::string_view address) { return set.contains(*read_ip_address(address)); }

std::vector<std::string> errors_of(const std::string& text) { return read_toml_text(text).errors; }

}  // namespace

TEST_CASE("access maker: a site and routes without rules have none") {
  const auto plan = plan_of(site_with("", route_text("/", "a")));
  CHECK(plan->access.empty());
  CHECK(plan->sites.front().access == nullptr);
  CHECK(route_of(*plan, "/").access == nullptr);
  CHECK(route_of(*plan, "/").takes_encoded_slashes);
  CHECK(route_of(*plan, "/").takes_unclear_paths);
}

TEST_CASE("access maker: the site's rules hold for all its routes, also for those of the router itself") {
  const auto plan = plan_of(site_with("allow = [\"10.0.0.0/8\"]\n", route_text("/a", "a")));
  CHECK(plan->access.size() == 1);
  for (const Route& route : plan->routes) CHECK(route.access == plan->sites.front().access);
}

TEST_CASE("access maker: each key of a route replaces its site's, and what it does not say is as the site says") {
  const auto plan = plan_of(
      site_with("allow = [\"10.0.0.0/8\"]\ndeny = [\"10.9.0.0/16\"]\n", route_text("/a", "a", "allow = [\"all\"]\n")));
  const AccessRules& rules = *route_of(*plan, "/a").access;
  CHECK(has(rules.networks.allow, "192.0.2.1"));
  CHECK(has(rules.networks.deny, "10.9.0.1"));
  CHECK_FALSE(has(plan->sites.front().access->networks.allow, "192.0.2.1"));
}

TEST_CASE("access maker: a route without a limit of its own shares the site's counts") {
  const std::string limit = "requests_per_second = 5\n";
  const auto plan = plan_of(site_with("[sites.rate_limit]\n" + limit,
                                      route_text("/a", "a") + route_text("/b", "a", "deny = [\"10.0.0.1\"]\n") +
                                          route_text("/c", "a", "[sites.proxy.routes.rate_limit]\n" + limit) +
                                          route_text("/d", "a", "[sites.proxy.routes.rate_limit]\nenabled = false\n")));
  const std::uint64_t of_site = plan->sites.front().access->rate->id;
  CHECK(route_of(*plan, "/a").access->rate->id == of_site);
  CHECK(route_of(*plan, "/b").access->rate->id == of_site);
  CHECK(route_of(*plan, "/c").access->rate->id != of_site);
  CHECK(route_of(*plan, "/d").access == nullptr);
}

TEST_CASE("access maker: a rate is a number for a second or for a minute, and its burst is that number") {
  const auto rate_of = [](const std::string& text) {
    return *plan_of(site_with("[sites.rate_limit]\n" + text, route_text("/", "a")))->sites.front().access->rate;
  };
  CHECK(rate_of("requests_per_second = 100\n").interval() == std::chrono::milliseconds(10));
  CHECK(rate_of("requests_per_second = 100\n").burst == 100);
  CHECK(rate_of("requests_per_minute = 6\nburst = 2\n").interval() == std::chrono::seconds(10));
  CHECK(rate_of("requests_per_minute = 6\nburst = 2\n").burst == 2);
  const RateRule by_field = rate_of("requests_per_second = 1\nkey = \"header:X-Api-Key\"\nipv6_prefix = 56\n");
  CHECK(by_field.key == RateRule::Key::field);
  CHECK(by_field.name == "x-api-key");
  CHECK(by_field.ipv6_bits == 56);
}

TEST_CASE("access maker: a limit by a claim is for routes whose clients log in by tokens") {
  const std::string limit = "rate_limit = { requests_per_second = 1, key = \"claim:org.id\" }\n";
  const std::string jwt = "jwt = { key_file = \"k\" }\n";
  const auto plan = plan_of(site_with(limit, route_text("/a", "a", jwt) + route_text("/b", "a", "login = \"off\"\n")));
  const AccessRules& rules = *route_of(*plan, "/a").access;
  CHECK(rules.rate->key == RateRule::Key::claim);
  CHECK(rules.rate->name == "org.id");
  CHECK(rules.is_counting_claims());
  CHECK_FALSE(route_of(*plan, "/b").access->is_counting_claims());  // by address, before any login
  CHECK(errors_of(site_with(jwt, route_text("/a", "a", limit))).empty());
  CHECK(errors_of(site_with(jwt, route_text("/a", "a", "login = \"off\"\n" + limit))).size() == 1);
  CHECK(errors_of(site_with("basic_auth = { file = \"u\" }\n", route_text("/a", "a", limit))).size() == 1);
}

TEST_CASE("access maker: health pages have the site's rules without its login, and the detailed one has them all") {
  const std::string login = "allow = [\"10.0.0.0/8\"]\nbasic_auth = { file = \"u\" }\n";
  const auto plan = plan_of(site_with(login, route_text("/", "a")));
  for (const char* path : {"/api/health", "/api/health/ready", "/api/health/live"}) {
    const AccessRules& rules = *route_of(*plan, path).access;
    CHECK_FALSE(rules.has_login());
    CHECK_FALSE(has(rules.networks.allow, "192.0.2.1"));
  }
  CHECK(route_of(*plan, "/api/health/detailed").access == plan->sites.front().access);
  CHECK(route_of(*plan, "/").takes_unclear_paths);  // no server has a health page
  const auto closed = plan_of(site_with("health_login = true\n" + login, route_text("/", "a")));
  CHECK(route_of(*closed, "/api/health").access == closed->sites.front().access);
}

TEST_CASE("access maker: paths that servers read in different ways are refused where a rule depends on the path") {
  const std::string pass = "encoded_slashes = \"pass\"\n";
  const auto even = plan_of(site_with("deny = [\"10.0.0.1\"]\n", route_text("/", "a") + route_text("/p", "a", pass)));
  CHECK_FALSE(route_of(*even, "/").takes_encoded_slashes);
  CHECK(route_of(*even, "/").takes_unclear_paths);  // every route has the same rules
  CHECK(route_of(*even, "/p").takes_encoded_slashes);
  const auto uneven = plan_of(site_with(
      "", route_text("/", "a") + route_text("/p", "a", pass) + route_text("/x", "a", "deny = [\"10.0.0.1\"]\n")));
  CHECK_FALSE(route_of(*uneven, "/").takes_encoded_slashes);
  CHECK_FALSE(route_of(*uneven, "/").takes_unclear_paths);
  CHECK(route_of(*uneven, "/p").takes_encoded_slashes);
  CHECK(route_of(*uneven, "/p").takes_unclear_paths);
  const auto cors = plan_of(site_with("access_control = { allow_origins = [\"*\"] }\n", route_text("/", "a")));
  CHECK(route_of(*cors, "/").takes_encoded_slashes);
}

TEST_CASE("access maker: pages of other origins are the site's rule") {
  const auto plan =
      plan_of(site_with("access_control = { allow_origins = [\"https://a.test\"], allow_headers = [\"X-A\", \"X-B\"], "
                        "max_age = \"10m\" }\n",
                        route_text("/", "a")));
  const CorsRule& rule = *route_of(*plan, "/").access->cors;
  CHECK(rule.methods == "GET, HEAD, POST");
  CHECK(rule.headers == "X-A, X-B");
  CHECK(rule.max_age == 600);
  CHECK_FALSE(rule.takes_all);
}

TEST_CASE("access maker: wrong values are errors with their place") {
  struct Case {
    std::string text, error;
  };
  for (const Case& wrong : std::initializer_list<Case>{
           {"allow = [\"10.0.0.0/40\"]\n",
            "5:10: sites(main).allow[0] = \"10.0.0.0/40\": wants a network, as 10.0.0.0/8, or all"},
           {"access_control = { allow_origins = [\"https://*.a.test\"] }\n",
            "5:37: sites(main).access_control.allow_origins[0] = \"https://*.a.test\": wants * or "
            "SCHEME://HOST[:PORT], "
            "without a * in it"},
           {"rate_limit = { requests_per_second = 0 }\n",
            "5:38: sites(main).rate_limit.requests_per_second = 0: wants a number from 1 to 1000000"},
           {"rate_limit = { requests_per_second = 1, requests_per_minute = 1 }\n",
            "5:63: sites(main).rate_limit.requests_per_minute: requests_per_second is there, too; one of them"},
           {"rate_limit = { requests_per_second = 1, key = \"cookie\" }\n",
            "5:47: sites(main).rate_limit.key = \"cookie\": wants address, header:FIELD or claim:NAME"},
           {"rate_limit = { requests_per_second = 1, key = \"claim:\" }\n",
            "5:47: sites(main).rate_limit.key = \"claim:\": wants address, header:FIELD or claim:NAME"},
           {"rate_limit = { requests_per_second = 1, key = \"claim:sub\" }\n",
            "5:47: sites(main).rate_limit.key = \"claim:sub\": no table jwt says how clients log in here"}}) {
    CAPTURE(wrong.text);
    const auto errors = errors_of(site_with(wrong.text, route_text("/", "a")));
    CHECK(errors == std::vector<std::string>{"dir/a.toml:" + wrong.error});
  }
}

TEST_CASE("access maker: without origins the site says nothing of pages, and a key for them is a warning") {
  const std::string text = site_with("access_control = { allow_methods = [\"PUT\"] }\n", route_text("/", "a"));
  CHECK(read_toml_text(text).warnings.front() ==
        "dir/a.toml:5:18: sites(main).access_control changes nothing: wants allow_origins");
  CHECK(plan_of(text)->access.empty());
}

TEST_CASE("access maker: a limit without a rate is a warning, and none is made") {
  const std::string text = site_with("rate_limit = { burst = 3, burst_size = 4 }\n", route_text("/", "a"));
  CHECK(read_toml_text(text).warnings.front() ==
        "dir/a.toml:5:14: sites(main).rate_limit changes nothing: wants requests_per_second or requests_per_minute");
  CHECK(plan_of(text)->access.empty());
}

}  // namespace zeroway
