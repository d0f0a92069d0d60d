// Which login holds for which route of a file.
#include "router/plan/login_maker.h"

#include <doctest/doctest.h>

#include "tests/plan/plan_text.h"

using namespace zeroway;

namespace {

const SiteSettings& site_of(const Settings& settings) { return settings.file->sites.at(0); }

}  // namespace

TEST_CASE("login maker: a route has its own login, else its site's, unless it is off") {
  const Settings settings = good(read_toml_text(
      site_text("[sites.basic_auth]\nfile = \"users\"\nuser_field = \"X-User\"\n") + proxy_text() +
      server_text("b", "http://127.0.0.1:1") + route_text("/a", "b") + route_text("/b", "b", "login = \"off\"\n") +
      route_text("/c", "b",
                 "[sites.proxy.routes.jwt]\nkey_file = \"k\"\nclaims = { sub = \"X-User\", a = \"X-A\" }\n") +
      route_text("/d", "b", "forward_auth = \"http://127.0.0.1:2/v?a\"\n")));
  const SiteSettings& site = site_of(settings);
  std::vector<BackendSpec> backends;
  const auto rule = [&](std::size_t route) {
    return make_login(login_of(site, site.proxy.routes.at(route)), [&](BackendSpec spec) {
      backends.push_back(std::move(spec));
      return backends.size() - 1;
    });
  };
  CHECK(std::get<BasicRule>(rule(0)).passwords.file == "dir/users");
  CHECK(std::holds_alternative<std::monostate>(rule(1)));
  CHECK(std::get<JwtRule>(rule(2)).keys.kind == SecretSpec::Kind::pem);
  const auto forward = std::get<ForwardRule>(rule(3));
  CHECK(forward.path == "/v?a");
  const auto& pool = std::get<PoolSpec>(backends.at(forward.backend));
  CHECK(pool.name == "login service 127.0.0.1:2");
  CHECK_FALSE(pool.preserve_host);
  // What backends of the site believe of one login is not to be believed on a route with another one.
  CHECK(login_fields(site) == std::vector<std::string>{"x-a", "x-user"});
  std::vector<SecretSpec> secrets;
  for (const std::size_t route : {0U, 2U, 0U, 1U, 3U}) add_secret(rule(route), secrets);
  CHECK(secrets.size() == 2);
}

TEST_CASE("login maker: the parameters in which a site takes tokens are secrets of the site, and of the plan") {
  const auto plan = plan_of(site_text("") + proxy_text() + server_text("b", "http://127.0.0.1:1") +
                            route_text("/a", "b", "jwt = { key_file = \"k\", query = \"token\" }\n") +
                            route_text("/b", "b", "jwt = { key_file = \"k\", query = \"access_token\" }\n") +
                            route_text("/c", "b", "jwt = { key_file = \"k\", query = \"token\" }\n"));
  CHECK(plan->sites.front().secret_parameters == std::vector<std::string>{"access_token", "token"});
  CHECK(plan->secret_parameters == plan->sites.front().secret_parameters);
}
