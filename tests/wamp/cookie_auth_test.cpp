#include "router/wamp/auth/cookie_auth.h"

#include <doctest/doctest.h>

#include "router/wamp/auth/limits.h"
#include "router/wamp/translator.h"
#include "tests/wamp/auth_case.h"

using namespace zeroway;
using namespace zeroway::test;
using std::chrono::seconds;

namespace {

WampAuthSpec cookies() {
  WampAuthSpec spec;
  spec.cookie.emplace();
  spec.cookie->max_age = seconds(100);
  spec.anonymous.emplace();
  spec.anonymous->who = {"", "guest", ""};
  spec.ticket = {{{"joe", "frontend", ""}, "secret"}};
  return spec;
}
AuthClient client_with(const std::string& cookie) {
  AuthClient client;
  client.cookie = cookie;
  return client;
}
const std::string kCookieFirst = hello_of(R"("cookie","ticket")", R"("authid":"joe")");

std::string login(AuthCase& test) {
  test.begin();
  static_cast<void>(test.hello(kCookieFirst));
  return test.authenticate(answer_of("secret"));
}
WampWallTime in(int count) { return kAuthNow.wall + seconds(count); }
WampAdmission joe() { return {"realm1", "joe", "frontend", "ticket", "static", {}}; }

}  // namespace

TEST_CASE("cookie: who has joined by a proof is admitted again, until its cookie ends") {
  AuthCase test(cookies(), client_with("c1"));
  CHECK(login(test) == "admitted realm1 joe frontend ticket static");
  test.begin();
  CHECK(test.hello(hello_of(R"("cookie")")) == "admitted realm1 joe frontend ticket cookie");
  test.begin();
  CHECK(test.hello(kCookieFirst, auth_later(seconds(99))) == "admitted realm1 joe frontend ticket cookie");
  test.begin();
  CHECK(test.hello(kCookieFirst, auth_later(seconds(100))).starts_with("challenged"));
}

TEST_CASE("cookie: who logs out has to show again who it is") {
  for (const Serializer serializer : {Serializer::json, Serializer::msgpack, Serializer::cbor}) {
    AuthCase test(cookies(), client_with("c1"), serializer);
    test.cookies().remember("c1", joe(), in(100));
    const auto look_at = [&](std::string_view json) {
      std::string message;
      REQUIRE_FALSE(Translator().translate(Serializer::json, serializer, as_bytes(json), 1000, message));
      test.session().look_at(as_bytes(message));
    };
    look_at(R"([6,{},"wamp.close.normal"])");
    look_at(R"([16,1,{},"wamp.close.logout"])");
    look_at(R"([6,{"wamp.close.logout":"wamp.close.logout"},["wamp.close.logout"]])");
    CHECK(test.cookies().find("c1", kAuthNow.wall));
    look_at(R"([6,{"message":"bye"},"wamp.close.logout"])");
    CHECK_FALSE(test.cookies().find("c1", kAuthNow.wall));
  }
}

TEST_CASE("cookie: it is of one realm, and HELLO may leave that out") {
  AuthCase test(cookies(), client_with("c1"));
  static_cast<void>(login(test));
  test.begin();
  CHECK(test.hello(R"([1,"realm2",{"authmethods":["cookie","ticket"],"authid":"joe"}])").starts_with("challenged"));
  test.begin();
  CHECK(test.hello(R"([1,null,{"authmethods":["cookie"]}])") == "admitted realm1 joe frontend ticket cookie");
}

TEST_CASE("cookie: it admits nobody who is gone, or has another role now") {
  AuthCase test(cookies(), client_with("c1"));
  const auto told = [&](const WampAdmission& remembered) {
    test.cookies().remember("c1", remembered, in(100));
    test.begin();
    return test.hello(kCookieFirst);
  };
  CHECK(told(joe()).starts_with("admitted"));
  CHECK(told({"realm1", "ann", "frontend", "ticket", "static", {}}).starts_with("challenged"));
  CHECK(told({"realm1", "joe", "admin", "ticket", "static", {}}).starts_with("challenged"));
  CHECK(told({"realm1", "joe", "frontend", "wampcra", "static", {}}).starts_with("challenged"));
  CHECK(told({"realm1", "joe", "frontend", "anonymous", "static", {}}).starts_with("challenged"));
}

TEST_CASE("cookie: neither an anonymous client nor a wrong ticket is remembered") {
  AuthCase test(cookies(), client_with("c1"));
  CHECK(test.hello(hello_of(R"("anonymous")")).starts_with("admitted"));
  test.begin();
  static_cast<void>(test.hello(kCookieFirst));
  CHECK(test.authenticate(answer_of("wrong")) == kWrong);
  CHECK(test.cookies().text().empty());
}

TEST_CASE("cookie: a client without one, and one with somebody else's, are strangers") {
  AuthCase nobody(cookies());
  CHECK(login(nobody) == "admitted realm1 joe frontend ticket static");
  CHECK(nobody.cookies().text().empty());
  AuthCase test(cookies(), client_with("c2"));
  test.cookies().remember("c1", joe(), in(100));
  CHECK(test.hello(kCookieFirst).starts_with("challenged"));
}

TEST_CASE("cookie: only a known one is kept; any other is replaced") {
  WampCookieSpec spec;
  CookieStore store;
  store.remember("known", joe(), in(100));
  const auto choose = [&](std::vector<std::string_view> offered, AuthNow now = kAuthNow) {
    const CookieChoice choice = choose_cookie(spec, store, offered, now.wall, known_random);
    return choice.cookie + (choice.is_new ? " new" : "");
  };
  CHECK(choose({}) == "AwoRGB8mLTQ7QklQV15lbHN6 new");
  CHECK(choose({"planted"}) == "AwoRGB8mLTQ7QklQV15lbHN6 new");
  CHECK(choose({"planted", "known"}) == "known");
  CHECK(choose({"known"}, auth_later(seconds(100))) == "AwoRGB8mLTQ7QklQV15lbHN6 new");
  spec.length = 64;
  CHECK(choose({}).size() == 64 + 4);
}

TEST_CASE("cookie: its field keeps it from scripts and from pages of other sites") {
  WampCookieSpec spec;
  CHECK(set_cookie(spec, "abc", "/ws", IsSecure::yes) ==
        "cbtid=abc; Max-Age=86400; Path=/ws; HttpOnly; SameSite=Lax; Secure");
  CHECK(set_cookie(spec, "abc", "/", IsSecure::no) == "cbtid=abc; Max-Age=86400; Path=/; HttpOnly; SameSite=Lax");
}

TEST_CASE("cookies: what one store writes, another one reads; no cookie is in it") {
  std::string journal;
  CookieStore store([&](std::string_view line) { journal += line; });
  store.remember("c1", joe(), in(100));
  store.remember("c2", {"realm2", "\"ann\"\n", "backend", "wampcra", "static", {}}, in(150));
  CHECK(journal.find("c1") == std::string::npos);
  CookieStore other;
  CHECK(other.load(journal, kAuthNow.wall) == 0);
  CHECK(other.text().size() == journal.size());
  CHECK(other.find("c1", kAuthNow.wall) == joe());
  CHECK(other.find("c2", kAuthNow.wall)->authid == "\"ann\"\n");
  CookieStore late;
  CHECK(late.load(journal, auth_later(seconds(100)).wall) == 0);
  CHECK_FALSE(late.find("c1", auth_later(seconds(100)).wall));
  CHECK(late.find("c2", auth_later(seconds(100)).wall));
}

TEST_CASE("cookies: a login that was forgotten is not in the file any more") {
  std::string journal;
  CookieStore store([&](std::string_view line) { journal += line; });
  store.remember("c1", joe(), in(100));
  store.remember("c2", joe(), in(100));
  store.forget("c1");
  const std::string said = journal;
  store.forget("c1");
  store.forget("nobody");
  CHECK(journal == said);
  CookieStore other;
  CHECK(other.load(journal, kAuthNow.wall) == 0);
  CHECK_FALSE(other.find("c1", kAuthNow.wall));
  CHECK(other.find("c2", kAuthNow.wall) == joe());
}

TEST_CASE("cookies: lines that are none are counted, and change nothing") {
  const std::string digest(64, 'a');
  CookieStore store;
  for (const std::string& line :
       {std::string("nothing"), std::string("[]"), std::string(R"(["ab",2000000000,"r","a","b","c"])"),
        R"([")" + digest + R"(","2000000000","r","a","b","c"])", R"([")" + digest + R"(",2000000000,"r","a","b"])",
        R"([")" + digest + R"(",2000000000,"r","a","b","c","d"])",
        R"([")" + digest + R"(",2000000000,"r",["a"],"b","c"])",
        R"([")" + digest + R"(",18446744073709551615,"r","a","b","c"])"}) {
    CAPTURE(line);
    CHECK(store.load(line + "\n\n", kAuthNow.wall) == 1);
  }
  CHECK(store.text().empty());
  CHECK(store.load(R"([")" + digest + R"(",2000000000,"r","a","b","c"])", kAuthNow.wall) == 0);
  CHECK_FALSE(store.text().empty());
}

TEST_CASE("cookies: of too many those that end first go") {
  CookieStore store;
  store.remember("first", joe(), in(100));
  store.remember("second", joe(), in(101));
  store.remember("first", joe(), in(102));  // it has ended last since
  for (std::size_t i = 2; i < kMostCookies; ++i) store.remember("more" + std::to_string(i), joe(), in(103));
  CHECK(store.find("second", kAuthNow.wall));
  store.remember("last", joe(), in(103));
  CHECK_FALSE(store.find("second", kAuthNow.wall));
  CHECK(store.find("first", kAuthNow.wall));
  CHECK(store.find("last", kAuthNow.wall));
}
