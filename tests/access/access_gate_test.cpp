// Requests on the sites of a file, through the gate: what reaches the backend, and what the client gets.
#include "router/access/access_gate.h"

#include <doctest/doctest.h>

#include "router/access/client_key.h"
#include "tests/access/fake_desk.h"
#include "tests/access/token_maker.h"
#include "tests/exchange/site_script.h"

namespace zeroway {

namespace {

std::string site_with(const std::string& in_site, const std::string& in_route = "") {
  return site_text(in_site) + proxy_text() + server_text("a", "http://127.0.0.1:1") + route_text("/", "a", in_route);
}

// Requests that are open hold places in it until their exchanges end.
struct CountedLimits {
  std::shared_ptr<SharedLimits> limits = std::make_shared<SharedLimits>();
};

// The judge of the exchanges is the real one. A status of 0: the backend was asked.
struct GateScript : CountedLimits, SiteScript {
  explicit GateScript(std::string_view text) : SiteScript(text) {
    gate.use(limits);
    judge.real = &gate;
  }
  int status_from(std::string_view address, std::string_view path = "/", const Head& more = {}) {
    info.address = address;
    return status(path, more);
  }

  FakeDesk desk;
  AccessGate gate{{clock, desk}};
};

// A gate that knows the secret of the site's tokens.
struct TokenScript : GateScript {
  explicit TokenScript(const std::string& in_jwt = "", const std::string& in_site = "")
      : GateScript(site_with(in_site + "jwt = { secret_file = \"secret\"" + in_jwt +
                             " }\nrate_limit = { requests_per_minute = 1, key = \"claim:org.id\" }\n")) {
    Secrets secrets;
    secrets.push_back({{SecretSpec::Kind::hmac_secret, "dir/secret", {}},
                       std::make_shared<const Secret>(*JwtKeys::read_secret(kSecret, "secret", {}))});
    gate.use(std::move(secrets));
  }
  int status_with(const std::string& claims, std::string_view address = "192.0.2.1") {
    const std::string token = token_of(kSecret, R"({"alg":"HS256"})", claims);
    return status_from(address, "/", {{"authorization", "Bearer " + token}});
  }

  inline static const std::string kSecret = std::string(32, 's');
};

Head preflight(std::string_view origin) {
  return {{":method", "OPTIONS"}, {"origin", origin}, {"access-control-request-method", "PUT"}};
}

}  // namespace

TEST_CASE("gate: deny wins over allow, and who is in neither is refused where there is an allow") {
  GateScript s(site_with("allow = [\"10.0.0.0/8\"]\ndeny = [\"10.9.0.0/16\"]\n"));
  CHECK(s.status_from("10.1.2.3") == 0);
  CHECK(s.status_from("10.9.2.3") == 403);
  CHECK(s.status_from("192.0.2.1") == 403);
  CHECK(s.status_from("::ffff:10.1.2.3") == 0);
  CHECK(s.status_from("") == 403);  // of a unix socket
  CHECK(s.counters.denied == 3);
  GateScript only_deny(site_with("deny = [\"10.9.0.0/16\"]\n"));
  CHECK(only_deny.status_from("192.0.2.1") == 0);
  CHECK(only_deny.status_from("") == 0);
  CHECK(only_deny.status_from("10.9.0.1", "/api/health") == 403);
}

TEST_CASE("gate: the limit counts each address, and an IPv6 /64 as one") {
  GateScript s(site_with("[sites.rate_limit]\nrequests_per_minute = 1\n"));
  CHECK(s.status_from("192.0.2.1") == 0);
  CHECK(s.status_from("192.0.2.1") == 429);
  CHECK(s.told("retry-after") == "60|");
  CHECK(s.status_from("::ffff:192.0.2.1") == 429);
  CHECK(s.status_from("192.0.2.2") == 0);
  CHECK(s.status_from("2001:db8::1") == 0);
  CHECK(s.status_from("2001:db8::ffff:1") == 429);
  CHECK(s.status_from("2001:db8:0:1::1") == 0);
  CHECK(s.counters.limited == 3);
  s.pass(std::chrono::seconds(60));
  CHECK(s.status_from("192.0.2.1") == 0);
}

TEST_CASE("gate: a bucket of a field is for each value, and requests without it count by their address") {
  GateScript s(site_with("[sites.rate_limit]\nrequests_per_minute = 1\nkey = \"header:X-Key\"\n"));
  CHECK(s.status("/", {{"x-key", "a"}}) == 0);
  CHECK(s.status("/", {{"x-key", "a"}}) == 429);
  CHECK(s.status("/", {{"x-key", "b"}}) == 0);
  CHECK(s.status("/", {{"x-key", ""}}) == 0);
  CHECK(s.status("/") == 429);
}

TEST_CASE("gate: a limit by a claim counts each value of it, from whatever address, behind the login") {
  TokenScript s;
  CHECK(s.status_with(R"({"org":{"id":"a"}})") == 0);
  CHECK(s.status_with(R"({"org":{"id":"a"},"jti":"another token"})", "192.0.2.2") == 429);
  CHECK(s.told("retry-after") == "60|");
  CHECK(s.status_with(R"({"org":{"id":"b"}})") == 0);
  CHECK(s.status_with(R"({"org":{"id":1}})") == 0);
  CHECK(s.status_with(R"({"org":{"id":1}})") == 429);
  s.pass(std::chrono::seconds(60));
  CHECK(s.status_with(R"({"org":{"id":"a"}})") == 0);
}

TEST_CASE("gate: tokens without the claim, and clients without a token, count by their address") {
  TokenScript s(", optional = true");
  CHECK(s.status_with(R"({"org":"a"})") == 0);
  CHECK(s.status_with(R"({"org":{"id":{}}})") == 429);
  CHECK(s.status_from("192.0.2.1", "/") == 429);
  CHECK(s.status_from("192.0.2.2", "/") == 0);
  CHECK(s.status_with(R"({"org":{"id":"192.0.2.1"}})") == 0);
}

TEST_CASE("gate: who fails to log in is never over the rate of a claim, and counts for nobody") {
  TokenScript s;
  const std::string forged = token_of(std::string(32, 'x'), R"({"alg":"HS256"})", R"({"org":{"id":"a"}})");
  for (int at = 0; at < 3; ++at) {
    CHECK(s.status("/", {{"authorization", "Bearer " + forged}}) == 401);
    CHECK(s.status("/") == 401);
  }
  CHECK(s.status_with(R"({"org":{"id":"a"}})") == 0);
}

TEST_CASE("gate: a request over the rate of its claim gives back its place among the open ones") {
  TokenScript s("", "max_open_requests = 1\n");
  CHECK(s.status_with(R"({"org":{"id":"a"}})") == 0);
  CHECK(s.status_with(R"({"org":{"id":"a"}})") == 429);
  CHECK(s.status_with(R"({"org":{"id":"b"}})") == 0);
}

TEST_CASE("gate: keys of different kinds and rules never meet") {
  const auto rule_of = [](std::uint64_t id, RateRule::Key key) {
    RateRule rule;
    rule.id = id;
    rule.key = key;
    rule.name = "k";
    return rule;
  };
  const RateRule by_address = rule_of(1, RateRule::Key::address);
  const RateRule by_field = rule_of(1, RateRule::Key::field);
  const RateRule by_claim = rule_of(1, RateRule::Key::claim);
  const RateRule other = rule_of(2, RateRule::Key::address);
  const Head head{{"k", "10.0.0.1"}};
  const std::string_view from = "10.0.0.1";
  CHECK(rate_key_of(by_field, head, from, "") != rate_key_of(by_claim, head, from, "10.0.0.1"));
  CHECK(rate_key_of(by_claim, head, from, "") == rate_key_of(by_address, head, from, ""));
  CHECK(rate_key_of(other, head, from, "") != rate_key_of(by_address, head, from, ""));
  CHECK(address_key_of(1, "10.0.0.7", 24, 64) == address_key_of(1, "10.0.0.9", 24, 64));
  CHECK(address_key_of(1, "10.0.1.7", 24, 64) != address_key_of(1, "10.0.0.7", 24, 64));
}

TEST_CASE("gate: a preflight comes before the limit and the route's methods, and networks come before it") {
  GateScript s(
      site_with("deny = [\"10.0.0.0/8\"]\naccess_control = { allow_origins = [\"https://a.test\"] }\n"
                "rate_limit = { requests_per_minute = 1 }\n",
                "methods = [\"PUT\"]\n"));
  for (int at = 0; at < 3; ++at) CHECK(s.status("/", preflight("https://a.test")) == 204);
  CHECK(s.told("access-control-allow-origin") == "https://a.test|");
  CHECK(s.told("vary") == "Origin|");
  CHECK_FALSE(s.client.seen.has("content-length"));
  CHECK(s.status("/", preflight("https://b.test")) == 204);
  CHECK(s.told("access-control-allow-origin") == "");
  CHECK(s.told("vary") == "Origin|");
  CHECK(s.status_from("10.0.0.1", "/", preflight("https://a.test")) == 403);
}

TEST_CASE("gate: a refusal can be read by the page that asked") {
  GateScript s(site_with("access_control = { allow_origins = [\"*\"] }\nrate_limit = { requests_per_minute = 1 }\n"));
  CHECK(s.status("/", {{"origin", "https://a.test"}}) == 0);
  CHECK(s.status("/", {{"origin", "https://a.test"}}) == 429);
  CHECK(s.told("access-control-allow-origin") == "*|");
}

TEST_CASE("gate: open requests of an address and of the site are bounded, and given back at their end") {
  GateScript s(site_with("max_open_requests = 2\nmax_open_requests_per_address = 1\n"));
  s.get("/");
  CHECK(s.status("/") == 429);
  CHECK(s.told("retry-after") == "1|");
  s.info.address = "192.0.2.2";
  s.get("/");
  const ExchangeKey second = s.key;
  CHECK(s.status_from("192.0.2.3") == 503);
  s.key = second;
  s.cancel();
  CHECK(s.status_from("192.0.2.2") == 0);
}

TEST_CASE("gate: a request that the second bound refuses gives back its place under the first") {
  GateScript s(site_with("max_open_requests = 1\nmax_open_requests_per_address = 1\n"));
  s.get("/");
  const ExchangeKey open = s.key;
  CHECK(s.status_from("192.0.2.9") == 503);
  s.key = open;
  s.cancel();
  CHECK(s.limits->open.used() == 0);
}

}  // namespace zeroway
