// Who may use services of sessions: requests, tokens and cookies by tables.
#include "router/access/permits.h"

#include <doctest/doctest.h>

#include "router/access/permit.h"
#include "tests/access/permit_script.h"

using namespace zeroway;

namespace {

std::string with_header(const std::string& header, const std::string& claims) {
  return token_of(kTokenSecret, header, claims);
}

std::string hours(const char* claim, int count) {
  return std::string("{\"id\":\"/s1/a\",\"") + claim + "\":" + std::to_string(kNow + count * 3'600) + "}";
}

}  // namespace

TEST_CASE("permit: what is written is read, and nothing else is") {
  for (const Permit& permit : {Permit{Permit::Of::user, "ann lee", std::chrono::seconds(17)},
                               Permit{Permit::Of::circuit, "/s1/a", std::chrono::seconds(0)}})
    CHECK(read_permit(write_permit(permit)) == permit);
  for (const char* wrong : {"", "u", "u17", "u17 ", "x17 a", "u a", "u-1 a", "u+1 a", "u017 a", "u17x a", "u 17 a",
                            "u99999999999999999999 a", "c 17 a", "17 a"})
    CHECK_MESSAGE(!read_permit(wrong), wrong);
}

TEST_CASE("permit: it is for the user of a circuit, or for the circuit where that has none") {
  const PermitRule rule;
  const CircuitGuard of_user{&rule, "/s1/a", {.id = "c1", .user = "ann", .open_to_public = {}, .allowed = {}}};
  const CircuitGuard of_other{&rule, "/s1/b", {.id = "c2", .user = "bob", .open_to_public = {}, .allowed = {}}};
  const CircuitGuard of_worker{&rule, "/s1/a", {}};
  const Permit users = permit_for(of_user, std::chrono::seconds(1));
  CHECK(users.of == Permit::Of::user);
  CHECK(is_for(users, of_user));
  CHECK_FALSE(is_for(users, of_other));
  CHECK_FALSE(is_for(users, of_worker));
  const Permit workers = permit_for(of_worker, std::chrono::seconds(1));
  CHECK(workers.name == "/s1/a");
  CHECK(is_for(workers, of_worker));
  CHECK_FALSE(is_for(workers, of_user));  // which has an id
  CHECK(is_for({Permit::Of::circuit, "c1", {}}, of_user));
  CHECK_FALSE(is_for({Permit::Of::user, "c1", {}}, of_user));
  CHECK_FALSE(is_for({Permit::Of::user, "/s1/a", {}}, of_worker));
}

TEST_CASE("permits: tokens, good and wrong ones") {
  PermitScript s;
  const struct {
    const char* what;
    std::string token;
    int status;
  } kCases[] = {
      {"circuit", signed_claims(R"({"circuit":"/s1/a"})"), 0},
      {"id", signed_claims(R"({"id":"/s1/a"})"), 0},
      {"one of both", signed_claims(R"({"id":"7","circuit":"/s1/a"})"), 0},
      {"not yet over", signed_claims(hours("exp", 1)), 0},
      {"over", signed_claims(hours("exp", -1)), 401},
      {"not yet", signed_claims(hours("nbf", 1)), 401},
      {"since an hour", signed_claims(hours("nbf", -1)), 0},
      {"exp is a text", signed_claims(R"({"id":"/s1/a","exp":"tomorrow"})"), 401},
      {"another circuit", token_for("/s1/b"), 401},
      {"a part of it", token_for("/s1"), 401},
      {"with a slash", token_for("/s1/a/"), 401},
      {"no circuit", signed_claims("{}"), 401},
      {"a number", signed_claims(R"({"id":1})"), 401},
      {"a list", signed_claims(R"({"id":["/s1/a"]})"), 401},
      {"no algorithm", unsigned_token(R"({"alg":"none"})", hours("exp", 1)) + ".", 401},
      {"no algorithm, signed", with_header(R"({"alg":"none"})", hours("exp", 1)), 401},
      {"another algorithm", with_header(R"({"alg":"HS512"})", hours("exp", 1)), 401},
      {"a public key's", with_header(R"({"alg":"RS256"})", hours("exp", 1)), 401},
      {"crit", with_header(R"({"alg":"HS256","crit":["exp"]})", hours("exp", 1)), 401},
      {"another secret", token_for("/s1/a", std::string(32, 'x')), 401},
      {"cut", token_for("/s1/a").substr(0, 60), 401},
      {"without its signature", unsigned_token(R"({"alg":"HS256"})", hours("exp", 1)) + ".", 401},
      {"garbage", "garbage", 401},
      {"dots", "..", 401},
      {"nothing", "", 401},
      {"long", std::string(20'000, 'a'), 401},
  };
  for (const auto& one : kCases) {
    CHECK_MESSAGE(s.status_with(one.token) == one.status, one.what);
    CHECK_MESSAGE(s.status_with(one.token, "/s1/a/", "BackendAI") == one.status, one.what);
  }
  CHECK(s.status_with(token_for("/s1/a"), "/s1/a/", "bearer") == 0);
  CHECK(s.status_with(token_for("/s1/a"), "/s1/a/", "Basic") == 401);
  CHECK(s.status("/s1/a/") == 401);
  CHECK(s.told("www-authenticate") == "Bearer|");
  CHECK(s.status_with("garbage") == 401);
  CHECK(s.told("www-authenticate") == "Bearer error=\"invalid_token\"|");
  CHECK(s.told("set-cookie").empty());
}

TEST_CASE("permits: a token that ends while it is used") {
  PermitScript s;
  const std::string token = token_for("/s1/a");
  CHECK(s.status_with(token) == 0);
  s.clock.wall += std::chrono::hours(2);
  CHECK(s.status_with(token) == 401);
}

TEST_CASE("permits: a service gets no token of ours, and every other one") {
  PermitScript s;
  CHECK(s.status_with(token_for("/s1/a")) == 0);
  CHECK(s.sent("authorization").empty());
  const std::string cookie = s.cookie_by(token_for("/s1/a"));
  CHECK(s.status("/s1/a/", {{"cookie", cookie}, {"authorization", "Bearer of-the-service"}}) == 0);
  CHECK(s.sent("authorization") == "Bearer of-the-service|");
  // With a permit, a token for another service is none that this one should have.
  CHECK(s.status("/s1/a/", {{"cookie", cookie}, {"authorization", "BackendAI " + token_for("/s1/b")}}) == 0);
  CHECK(s.sent("authorization").empty());
  CHECK(s.status("/s1/a/", {{"authorization", "Bearer a"}, {"authorization", "Bearer b"}}) == 400);
  PermitScript forwarding(closed_site("forward_token = true\n"));
  CHECK(forwarding.status_with(token_for("/s1/a")) == 0);
  CHECK(forwarding.sent("authorization") == "Bearer " + token_for("/s1/a") + "|");
}

TEST_CASE("permits: a cookie is good for its service, until its end, and no service gets it") {
  PermitScript s;
  const std::string cookie = s.cookie_by(token_for("/s1/a"));
  REQUIRE(cookie.starts_with("appproxy_permit="));
  CHECK(s.status("/s1/a/", {{"cookie", "a=1; " + cookie + "; b=2"}}) == 0);
  CHECK(s.sent("cookie") == "a=1; b=2|");
  CHECK(s.status_as("appproxy_permit=old; " + cookie) == 0);
  CHECK(s.status_as(cookie, "/s1/b/") == 401);
  CHECK(s.told("set-cookie").empty());  // it is a good one, for another service
  s.clock.wall += std::chrono::hours(1) - std::chrono::seconds(1);
  CHECK(s.status_as(cookie) == 0);
  s.clock.wall += std::chrono::seconds(1);
  CHECK(s.status_as(cookie) == 401);
  CHECK(s.told("set-cookie") == "appproxy_permit=; Path=/s1/a; Max-Age=0; HttpOnly; SameSite=Lax|");
}

TEST_CASE("permits: a cookie that was changed, or made with another key, is none and is cleared") {
  PermitScript s;
  const std::string cookie = s.cookie_by(token_for("/s1/a"));
  for (std::size_t at = std::string("appproxy_permit=").size(); at < cookie.size(); ++at) {
    std::string changed = cookie;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    CHECK_MESSAGE(s.status_as(changed) == 401, at);
  }
  for (const char* wrong : {"appproxy_permit=", "appproxy_permit", "appproxy_permit=c9999999999 /s1/a"})
    CHECK_MESSAGE(s.status_as(wrong) == 401, wrong);
  StickySeal sticky;
  sticky.use(std::string(32, 'k'));
  CHECK(s.status_as("appproxy_permit=" + sticky.seal("c9999999999 /s1/a")) == 401);
  CHECK(s.told("set-cookie").find("Max-Age=0") != std::string::npos);
  s.gate.use(secrets_of_permits(kTokenSecret, std::string(32, 'n')));
  CHECK(s.status_as(cookie) == 401);
  CHECK(s.status_as(s.cookie_by(token_for("/s1/a"))) == 0);
}

TEST_CASE("permits: another secret of tokens holds at once, and permits stay") {
  PermitScript s;
  const std::string cookie = s.cookie_by(token_for("/s1/a"));
  CHECK(s.status_with(token_for("/s1/a")) == 0);
  s.gate.use(secrets_of_permits(std::string(32, 'n')));
  CHECK(s.status_with(token_for("/s1/a")) == 401);
  CHECK(s.status_with(token_for("/s1/a", std::string(32, 'n'))) == 0);
  CHECK(s.status_as(cookie) == 0);
}

TEST_CASE("permits: without a key of the site the router's own is taken") {
  PermitScript s(site_text() +
                 "[sites.sessions]\nenabled = true\nopen_to_public = false\njwt_secret_file = \"secret\"\n");
  s.gate.permits().use_own_key(std::string(32, 'o'));
  const std::string cookie = s.cookie_by(token_for("/s1/a"));
  CHECK(s.status_as(cookie) == 0);
  s.gate.permits().use_own_key(std::string(32, 'p'));
  CHECK(s.status_as(cookie) == 401);
}

TEST_CASE("permits: addresses, as trusted proxies tell them") {
  PermitScript s(
      closed_site("allowed_client_ips = [\"10.0.0.0/8\", \"2001:db8::/32\"]\n", "trusted_proxies = [\"192.0.2.9\"]\n"));
  const std::string token = "Bearer " + token_for("/s1/a");
  const struct {
    std::string from, told;
    int status;
  } kCases[] = {
      {"10.1.2.3", "", 0},
      {"::ffff:10.1.2.3", "", 0},
      {"2001:db8::1", "", 0},
      {"11.1.2.3", "", 403},
      {"2001:db9::1", "", 403},
      {"::ffff:11.1.2.3", "", 403},
      {"", "", 403},
      {"11.1.2.3", "10.1.2.3", 403},  // nobody believes it
      {"192.0.2.9", "10.1.2.3", 0},   // the proxy
      {"192.0.2.9", "11.1.2.3", 403},
      {"192.0.2.9", "10.1.2.3, 11.1.2.3", 403},
      {"192.0.2.9", "", 403},
  };
  for (const auto& one : kCases) {
    s.info.address = one.from;
    Head more{{"authorization", token}};
    if (!one.told.empty()) more.add("x-forwarded-for", one.told);
    CHECK_MESSAGE(s.status("/s1/a/", more) == one.status, one.from, " ", one.told);
  }
  // Before the question who the client is.
  s.info.address = "11.1.2.3";
  CHECK(s.status("/s1/a/") == 403);
}

TEST_CASE("permits: a preflight passes, and no other OPTIONS") {
  PermitScript s(closed_site("allowed_client_ips = [\"10.0.0.0/8\"]\n"));
  const Head asks{{":method", "OPTIONS"}, {"origin", "https://a.test"}, {"access-control-request-method", "PUT"}};
  CHECK(s.status("/s1/a/x", asks) == 403);  // from outside of the networks
  s.info.address = "10.1.1.1";
  CHECK(s.status("/s1/a/x", asks) == 0);
  CHECK(s.status("/s1/a/x", {{":method", "OPTIONS"}, {"origin", "https://a.test"}}) == 401);
  CHECK(s.status("/s1/a/x", {{":method", "OPTIONS"}, {"access-control-request-method", "PUT"}}) == 401);
  CHECK(s.status("/s1/a/x", {{"origin", "https://a.test"}, {"access-control-request-method", "PUT"}}) == 401);
}

TEST_CASE("permits: an open service asks nobody, but for the networks of its clients") {
  PermitScript s(site_text() + "[sites.sessions]\nenabled = true\njwt_secret_file = \"secret\"\n");
  CHECK(s.status("/s1/a/") == 0);
  CHECK(s.status_with("of-the-service") == 0);
  CHECK(s.sent("authorization") == "Bearer of-the-service|");
  CHECK(s.status_as("a=1; appproxy_permit=x") == 0);
  CHECK(s.sent("cookie") == "a=1|");
  PermitScript inside(site_text() + "[sites.sessions]\nenabled = true\nallowed_client_ips = [\"10.0.0.0/8\"]\n");
  CHECK(inside.status("/s1/a/") == 403);
  inside.info.address = "10.1.1.1";
  CHECK(inside.status("/s1/a/") == 0);
}

TEST_CASE("permits: the rules of the site come first, and its login behind") {
  PermitScript s(closed_site("", "deny = [\"11.0.0.0/8\"]\n"));
  s.info.address = "11.1.1.1";
  CHECK(s.status_with(token_for("/s1/a")) == 403);
  CHECK(s.status("/setup?token=" + token_for("/s1/a")) == 403);
  s.info.address = "12.1.1.1";
  CHECK(s.status_with(token_for("/s1/a")) == 0);
}

TEST_CASE("permits: what a circuit of the management API says holds, for its id and its user") {
  PermitScript s(site_text("fabric = false\n") +
                 "[sites.sessions]\nenabled = true\njwt_secret_file = \"secret\"\npermit_key_file = \"key\"\n");
  const auto put = [&](const std::string& id, const std::string& service, const std::string& user,
                       std::optional<bool> is_open, std::vector<std::string> networks = {}) {
    CircuitSpec spec;
    spec.id = id;
    spec.session = "s1";
    spec.service = service;
    spec.user = user;
    spec.open_to_public = is_open;
    spec.allowed_client_ips = std::move(networks);
    s.route.circuits.put(std::move(spec), s.backend);
  };
  put("c1", "a", "ann", false);
  put("c2", "b", "ann", false);
  put("c3", "c", "", false);
  put("c4", "d", "bob", std::nullopt);
  put("c5", "e", "", std::nullopt, {"10.0.0.0/8"});
  CHECK(s.status("/s1/a/") == 401);
  CHECK(s.status("/s1/d/") == 0);
  CHECK(s.status("/s1/e/") == 403);
  CHECK(s.status_with(token_for("c1")) == 0);
  CHECK(s.status_with(token_for("c2")) == 401);
  CHECK(s.status_with(token_for("/s1/a")) == 401);
  const std::string anns = s.cookie_by(token_for("c1"));
  CHECK(s.status_as(anns, "/s1/a/") == 0);
  CHECK(s.status_as(anns, "/s1/b/") == 0);
  CHECK(s.status_as(anns, "/s1/c/") == 401);
  const std::string third = s.cookie_by(token_for("c3"));
  CHECK(s.status_as(third, "/s1/c/") == 0);
  CHECK(s.status_as(third, "/s1/a/") == 401);
  CHECK(s.status("/setup?token=" + token_for("/s1/a")) == 401);  // its id is its name
  CHECK(s.status("/setup?token=" + token_for("c9")) == 404);
  put("c1", "a", "bob", false);
  CHECK(s.status_as(anns, "/s1/a/") == 401);
  CHECK(s.status_as(anns, "/s1/b/") == 0);
}

TEST_CASE("setup: a circuit for TCP is told as JSON") {
  PermitScript s;
  CircuitSpec spec;
  spec.id = "c1";
  spec.session = "s1";
  spec.service = "ssh";
  spec.protocol = CircuitSpec::Protocol::tcp;
  s.route.circuits.put(std::move(spec), s.backend);
  CHECK(s.status("/setup?token=" + token_for("c1")) == 200);
  CHECK(s.client.body == "{\"circuit\":\"c1\",\"session\":\"s1\",\"service\":\"ssh\",\"protocol\":\"tcp\"}\n");
  CHECK(s.told("set-cookie").empty());
  CHECK(s.told("cache-control") == "no-store|");
}

TEST_CASE("permits: a refusal is a page or JSON, as the client likes, and leads nowhere") {
  PermitScript s;
  CHECK(s.status("/s1/a/", {{"accept", "text/html"}}) == 401);
  CHECK(s.told("content-type") == "text/html; charset=utf-8|");
  CHECK(s.status("/s1/a/", {{"accept", "application/json"}}) == 401);
  CHECK(s.told("content-type") == "application/problem+json|");
  CHECK(s.told("location").empty());
  CHECK(s.told("cache-control") == "no-store|");
  CHECK(s.status("/s1/a") == 401);  // the redirect to the slash, too
  CHECK(s.status("/s1/c/") == 404);
}

TEST_CASE("permits: the opening of a WebSocket is judged before the service hears of it") {
  PermitScript s;
  CHECK(s.status("/s1/a/", {{":method", "CONNECT"}}, Kind::web_socket) == 401);
  CHECK(s.status("/s1/a/", {{":method", "CONNECT"}, {"authorization", "Bearer " + token_for("/s1/a")}},
                 Kind::web_socket) == 0);
}

TEST_CASE("setup: a token becomes a cookie, and the client goes on to the service") {
  PermitScript s;
  CHECK(s.status("/setup?token=" + token_for("/s1/a")) == 302);
  CHECK(s.told("location") == "/s1/a/|");
  CHECK(s.told("cache-control") == "no-store|");
  const std::string cookie = s.told("set-cookie");
  CHECK(cookie.find("; Path=/s1/a; Max-Age=3600; HttpOnly; SameSite=Lax|") != std::string::npos);
  s.info.is_tls = true;
  CHECK(s.status("/setup?token=" + token_for("/s1/a")) == 302);
  CHECK(s.told("set-cookie").ends_with("; SameSite=Lax; Secure|"));
  CHECK(s.status("/setup?x=1&token=" + signed_claims(R"({"id":"/s1/a"})")) == 302);
  CHECK(s.told("set-cookie").find("; Max-Age=604800;") != std::string::npos);  // a token without an end
  PermitScript strict(closed_site("same_site = \"strict\"\npermit_lifetime = \"10m\"\n"));
  static_cast<void>(strict.status("/setup?token=" + token_for("/s1/a")));
  CHECK(strict.told("set-cookie").find("; Max-Age=600; HttpOnly; SameSite=Strict|") != std::string::npos);
}

TEST_CASE("setup: wrong tokens, and what is not there") {
  PermitScript s;
  for (const std::string& wrong :
       {std::string("/setup"), std::string("/setup?token="), std::string("/setup?token=x"),
        "/setup?token=" + token_for("/s1/a", std::string(32, 'x')), "/setup?token=" + signed_claims(hours("exp", -1)),
        "/setup?token=" + signed_claims(R"({"sub":"ann"})"), "/setup?path=/x&x=" + token_for("/s1/a")}) {
    CHECK_MESSAGE(s.status(wrong) == 401, wrong);
    CHECK_MESSAGE(s.told("www-authenticate") == "Bearer|", wrong);
    CHECK_MESSAGE(s.told("set-cookie").empty(), wrong);
  }
  for (const char* unknown : {"/s1/c", "/s1", "x", "/", "//", "/s1/a/", "/s1/a?x"})
    CHECK_MESSAGE(s.status("/setup?token=" + token_for(unknown)) == 404, unknown);
  CHECK(s.status("/setup?token=" + token_for("/s1/a"), {{":method", "POST"}}) == 405);
  // Two parts are a service's.
  CHECK(s.status("/setup/x?token=" + token_for("/s1/a")) == 404);
  s.route.circuits.announce("/setup/x", s.backend);
  CHECK(s.status_with(token_for("/setup/x"), "/setup/x/") == 0);
}

TEST_CASE("setup: a site whose tokens have no secret has none") {
  PermitScript s(site_text("fabric = false\n") + "[sites.sessions]\nenabled = true\n");
  CHECK(s.status("/setup?token=" + token_for("/s1/a")) == 404);
}

TEST_CASE("setup: a path below the service, and none beside it") {
  PermitScript s;
  CHECK(s.status("/setup?path=%2Ftree%3Fa%3Db&token=" + token_for("/s1/a")) == 302);
  CHECK(s.told("location") == "/s1/a/tree?a=b|");
  CHECK(s.status("/setup?path=../b&token=" + token_for("/s1/a")) == 400);
}

TEST_CASE("setup: the host of a service gives its permit, for all of its paths") {
  PermitScript s(closed_site("", "hostnames = [\"*.apps.test\"]\n"));
  const std::string host = "a-s1.apps.test";
  const auto at = [&](const std::string& path, Head more = {}) {
    more.set(":authority", host);
    return s.status(path, more);
  };
  CHECK(at("/") == 401);
  CHECK(at("/setup?path=x&token=" + token_for("/s1/a")) == 302);
  CHECK(s.told("location") == "/x|");
  const std::string said = s.told("set-cookie");
  CHECK(said.find("; Path=/; Max-Age=3600;") != std::string::npos);
  CHECK(said.find("Domain") == std::string::npos);
  const std::string cookie = said.substr(0, said.find(';'));
  CHECK(at("/any", {{"cookie", cookie}}) == 0);
  CHECK(at("/setup", {{"cookie", cookie}}) == 0);  // the service's own
  CHECK(at("/setup?token=" + token_for("/s1/b")) == 401);
  CHECK(at("/setup?token=x") == 401);
  CHECK(at("/setup?token=x", {{":method", "POST"}, {"cookie", cookie}}) == 0);
  CHECK(s.status("/", {{":authority", "b-s1.apps.test"}, {"cookie", cookie}}) == 401);
}
