#include <doctest/doctest.h>

#include "tests/wamp/auth_case.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

WampAuthSpec tickets() {
  WampAuthSpec spec;
  spec.ticket = {{{"joe", "frontend", ""}, "secret!!!"}, {{"ann", "backend", "realm9"}, "other"}};
  return spec;
}
const std::string kJoe = hello_of(R"("ticket")", R"("authid":"joe","authrole":"admin")");
constexpr std::string_view kChallenge = R"(challenged [4,"ticket",{}])";

}  // namespace

TEST_CASE("ticket: the right one admits, with the role of the settings and not of the client") {
  AuthCase test(tickets());
  CHECK(test.hello(kJoe) == kChallenge);
  CHECK(test.session().is_challenged());
  CHECK(test.authenticate(answer_of("secret!!!")) == "admitted realm1 joe frontend ticket static");
  CHECK(test.session().is_admitted());
}

TEST_CASE("ticket: a principal with a realm joins that one, and HELLO may name none") {
  AuthCase test(tickets());
  CHECK(test.hello(R"([1,null,{"authmethods":["ticket"],"authid":"ann"}])") == kChallenge);
  CHECK(test.authenticate(answer_of("other")) == "admitted realm9 ann backend ticket static");
  test.begin();
  CHECK(test.hello(hello_of(R"("ticket")", R"("authid":"ann")")) == kChallenge);
  CHECK(test.authenticate(answer_of("other")) == "admitted realm9 ann backend ticket static");
}

TEST_CASE("ticket: without any realm nobody is admitted") {
  AuthCase test(tickets());
  CHECK(test.hello(R"([1,null,{"authmethods":["ticket"],"authid":"joe"}])") == kChallenge);
  CHECK(test.authenticate(answer_of("secret!!!")) ==
        R"(refused [3,{"message":"HELLO names no realm, and nor does ticket here"},"wamp.error.no_such_realm"])");
}

TEST_CASE("ticket: a wrong ticket and an unknown authid have the same answers") {
  AuthCase test(tickets());
  for (const char* ticket : {"", "secret!!", "secret!!!!", "Secret!!!", "other"}) {
    test.begin();
    CHECK(test.hello(kJoe) == kChallenge);
    CHECK(test.authenticate(answer_of(ticket)) == kWrong);
  }
  // Of an unknown authid no ticket is right, not even that of whom it is compared with.
  for (const char* ticket : {"secret!!!", "other", ""}) {
    test.begin();
    CHECK(test.hello(hello_of(R"("ticket")", R"("authid":"eve")")) == kChallenge);
    CHECK(test.authenticate(answer_of(ticket)) == kWrong);
  }
  CHECK(test.log() == "ticket: a wrong answer, or an unknown authid: eve");
}

TEST_CASE("ticket: HELLO without an authid is refused") {
  const std::string refusal =
      R"(refused [3,{"message":"ticket wants an authid in HELLO"},"wamp.error.authentication_failed"])";
  for (const char* authid : {R"("x":1)", R"("authid":null)", R"("authid":"")"}) {
    AuthCase test(tickets());
    CHECK(test.hello(hello_of(R"("ticket")", authid)) == refusal);
  }
}
