#include "router/plan/wamp_auth_maker.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("wamp auth maker: what is said is what is checked") {
  WampAuthSettings said;
  said.challenge_timeout = Millis(5'000);
  said.anonymous.emplace();
  said.anonymous->realm = "public";
  said.ticket.push_back({{}, {"joe", "frontend", "realm1"}, "secret"});
  said.wampcra.push_back({{}, {"ann", "backend", ""}, "key", "salt", 100, 16});
  said.scram.push_back({{}, {"bob", "backend", ""}, "pbkdf2", "00ff", 4096, 0, "aa", "bb"});
  said.cryptosign.push_back({{}, {"eve", "backend", ""}, {"cc"}});
  said.cookie.emplace();
  const WampAuthSpec spec = make_wamp_auth(said);
  CHECK(spec.challenge_timeout == std::chrono::seconds(5));
  CHECK(spec.anonymous->who == WampPrincipal{"", "anonymous", "public"});
  CHECK(spec.ticket.at(0) == TicketSpec{{"joe", "frontend", "realm1"}, "secret"});
  CHECK(spec.wampcra.at(0) == CraSpec{{"ann", "backend", ""}, "key", "salt", 100, 16});
  CHECK(spec.scram.at(0) == ScramSpec{{"bob", "backend", ""}, "pbkdf2", "00ff", 4096, 0, "aa", "bb"});
  CHECK(spec.cryptosign.at(0) == CryptosignSpec{{"eve", "backend", ""}, {"cc"}});
  CHECK(*spec.cookie == WampCookieSpec{});
}

TEST_CASE("wamp auth maker: fingerprints are compared in one form") {
  WampAuthSettings said;
  said.tls.push_back({{}, {"joe", "frontend", ""}, std::string("AB:CD") + std::string(36, '0'), ""});
  CHECK(make_wamp_auth(said).tls.at(0).fingerprint == "abcd" + std::string(36, '0'));
}

TEST_CASE("wamp auth maker: a changed secret is another specification") {
  WampAuthSettings said;
  said.ticket.push_back({{}, {"joe", "frontend", ""}, "old"});
  const WampAuthSpec before = make_wamp_auth(said);
  CHECK(before == make_wamp_auth(said));
  said.ticket[0].ticket = "new";
  CHECK_FALSE(before == make_wamp_auth(said));
}
