#include "router/wamp/auth/auth_session.h"

#include <doctest/doctest.h>

#include "tests/wamp/auth_case.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;
using std::chrono::seconds;

namespace {

WampAuthSpec ticket() {
  WampAuthSpec spec;
  spec.challenge_timeout = seconds(10);
  spec.ticket = {{{"joe", "frontend", ""}, "secret"}};
  return spec;
}
const std::string kHello = hello_of(R"("ticket")", R"("authid":"joe")");
const std::string kAnswer = answer_of("secret");
constexpr std::string_view kTooMany =
    R"(violation [3,{"message":"a message before the session is open"},"wamp.error.protocol_violation"])";

}  // namespace

TEST_CASE("auth session: AUTHENTICATE before HELLO is a violation, and ends it") {
  AuthCase test(ticket());
  CHECK(test.authenticate(kAnswer) == kTooMany);
  CHECK(test.hello(kHello).starts_with("violation"));
}

TEST_CASE("auth session: a second HELLO is a violation, whether challenged or admitted") {
  AuthCase test(ticket());
  static_cast<void>(test.hello(kHello));
  CHECK(test.hello(kHello).starts_with("violation"));
  CHECK_FALSE(test.session().is_challenged());
  CHECK(test.authenticate(kAnswer) == kTooMany);
  test.begin();
  static_cast<void>(test.hello(kHello));
  CHECK(test.authenticate(kHello) ==
        R"(violation [3,{"message":"the answer to CHALLENGE is no AUTHENTICATE"},"wamp.error.protocol_violation"])");
}

TEST_CASE("auth session: a challenge is answered once") {
  AuthCase test(ticket());
  static_cast<void>(test.hello(kHello));
  CHECK(test.authenticate(answer_of("wrong")) == kWrong);
  CHECK(test.authenticate(kAnswer) == kTooMany);
  CHECK_FALSE(test.session().is_admitted());
  test.begin();
  static_cast<void>(test.hello(kHello));
  CHECK(test.authenticate(kAnswer).starts_with("admitted"));
  CHECK(test.authenticate(kAnswer) == kTooMany);
  CHECK_FALSE(test.session().is_admitted());
}

TEST_CASE("auth session: an answer holds until the deadline") {
  AuthCase test(ticket());
  static_cast<void>(test.hello(kHello));
  CHECK(test.session().deadline() == kAuthNow.time + seconds(10));
  CHECK(test.authenticate(kAnswer, auth_later(seconds(10))).starts_with("admitted"));
  test.begin();
  static_cast<void>(test.hello(kHello));
  CHECK(test.authenticate(kAnswer, auth_later(seconds(11))) ==
        R"(refused [3,{"message":"AUTHENTICATE has not come in time"},"wamp.error.authentication_failed"])");
  CHECK(test.authenticate(kAnswer) == kTooMany);
}

TEST_CASE("auth session: at the deadline the client is told, and may say no more") {
  AuthCase test(ticket());
  static_cast<void>(test.hello(kHello));
  const AuthVerdict verdict = test.session().expire();
  CHECK(verdict.kind == AuthVerdict::Kind::refused);
  CHECK(verdict.message == R"([3,{"message":"AUTHENTICATE has not come in time"},"wamp.error.authentication_failed"])");
  CHECK(test.authenticate(kAnswer) == kTooMany);
}

TEST_CASE("auth session: a client that gives up is not answered") {
  AuthCase test(ticket());
  static_cast<void>(test.hello(kHello));
  CHECK(test.authenticate(R"([3,{},"wamp.error.cannot_authenticate"])") == "left");
  CHECK(test.authenticate(kAnswer) == kTooMany);
}

TEST_CASE("auth session: other messages while challenged are violations") {
  for (const char* other :
       {R"([48,1,{},"a"])", R"([6,{},"wamp.close.normal"])", R"([4,"ticket",{}])", "[5]", "x", ""}) {
    AuthCase test(ticket());
    static_cast<void>(test.hello(kHello));
    CHECK(test.authenticate(other).starts_with("violation"));
    CHECK(test.authenticate(kAnswer) == kTooMany);
  }
}

TEST_CASE("auth session: a HELLO that is none is a violation") {
  for (const char* wrong : {"[1]", R"([1,"realm1",{"authmethods":7}])", R"([5,"a",{}])", "", "[1,"}) {
    AuthCase test(ticket());
    CHECK(test.hello(wrong).starts_with("violation"));
    CHECK(test.authenticate(kAnswer) == kTooMany);
  }
}

TEST_CASE("auth session: two at once know nothing of each other") {
  Doorkeeper doorkeeper(ticket(), nullptr, known_random);
  AuthSession one(doorkeeper, Serializer::json, {}), other(doorkeeper, Serializer::json, {});
  static_cast<void>(one.hello(as_bytes(kHello), kAuthNow));
  static_cast<void>(other.hello(as_bytes(hello_of(R"("ticket")", R"("authid":"eve")")), kAuthNow));
  CHECK(other.authenticate(as_bytes(kAnswer), kAuthNow).kind == AuthVerdict::Kind::refused);
  CHECK(one.authenticate(as_bytes(kAnswer), kAuthNow).kind == AuthVerdict::Kind::admitted);
}

TEST_CASE("auth session: the messages of an admitted client, in its serializer") {
  for (const Serializer serializer : kSerializers) {
    AuthCase test(ticket(), {}, serializer);
    const auto in = [&](std::string_view json) { return translated(Serializer::json, serializer, json); };
    const auto out = [&](std::string_view message) { return translated(serializer, Serializer::json, message); };
    static_cast<void>(test.hello(in(kHello)));
    CHECK(test.authenticate(in(kAnswer)).starts_with("admitted"));
    CHECK(
        out(test.session().backend_hello(as_bytes(in(kHello)))).starts_with(R"([1,"realm1",{"roles":{"caller":{}},)"));
    CHECK(
        out(test.session().client_welcome(as_bytes(in("[2,7,{}]")))) ==
        R"([2,7,{"realm":"realm1","authid":"joe","authrole":"frontend","authmethod":"ticket","authprovider":"static"}])");
    CHECK(test.session().client_welcome(as_bytes(in(R"([3,{},"wamp.error.x"])"))).empty());
  }
}
