#include "router/wamp/auth/doorkeeper.h"

#include <doctest/doctest.h>

#include "tests/wamp/auth_case.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

WampAuthSpec anonymous_and_ticket() {
  WampAuthSpec spec;
  spec.anonymous.emplace();
  spec.anonymous->who = {"", "guest", ""};
  spec.ticket = {{{"joe", "frontend", ""}, "secret"}};
  return spec;
}
std::string told(const WampAuthSpec& spec, const std::string& hello) {
  AuthCase test(spec);
  return test.hello(hello);
}

constexpr std::string_view kGuest = "admitted realm1 030a11181f262d343b424950 guest anonymous static";

}  // namespace

TEST_CASE("doorkeeper: the client's order decides") {
  const std::string joe = R"("authid":"joe")";
  CHECK(told(anonymous_and_ticket(), hello_of(R"("anonymous","ticket")", joe)) == kGuest);
  CHECK(told(anonymous_and_ticket(), hello_of(R"("ticket","anonymous")", joe)).starts_with("challenged"));
  CHECK(told(anonymous_and_ticket(), R"([1,"realm1",{}])") == kGuest);
}

TEST_CASE("doorkeeper: methods that a path does not have are passed over") {
  CHECK(told(anonymous_and_ticket(), hello_of(R"("cookie","tls","wampcra","scram","cryptosign","anonymous-proxy",)"
                                              R"("cryptosign-proxy","anonymous")")) == kGuest);
  CHECK(told(anonymous_and_ticket(), hello_of(R"("wampcra","anonymous-proxy")")) ==
        R"(refused [3,{"message":"none of the client's authmethods is one of this path: anonymous, ticket"},)"
        R"("wamp.error.no_auth_method"])");
}

TEST_CASE("doorkeeper: a name of no method ends the session at once") {
  const std::string refusal =
      R"(refused [3,{"message":"authmethod \"magic\" is unknown"},"wamp.error.no_auth_method"])";
  CHECK(told(anonymous_and_ticket(), hello_of(R"("magic","anonymous")")) == refusal);
  CHECK(told(anonymous_and_ticket(), hello_of(R"("wampcra","magic")")) == refusal);
  CHECK(told(anonymous_and_ticket(), hello_of(R"("anonymous","magic")")) == kGuest);
  CHECK(told(anonymous_and_ticket(), hello_of(R"("Anonymous")")).starts_with("refused"));
}

TEST_CASE("doorkeeper: without anonymous, a client that names no method is refused") {
  WampAuthSpec spec = anonymous_and_ticket();
  spec.anonymous.reset();
  CHECK(told(spec, R"([1,"realm1",{}])").find("wamp.error.no_auth_method") != std::string::npos);
}

TEST_CASE("doorkeeper: nobody is admitted as the proxy itself") {
  CHECK(told(anonymous_and_ticket(),
             hello_of(R"("anonymous-proxy")", R"("authextra":{"proxy_authid":"root","proxy_authrole":"admin"})"))
            .find("wamp.error.no_auth_method") != std::string::npos);
}

TEST_CASE("doorkeeper: anonymous clients have the configured role, realm and authid") {
  WampAuthSpec spec;
  spec.anonymous.emplace();
  spec.anonymous->who = {"visitor", "guest", "public"};
  CHECK(told(spec, R"([1,"realm1",{"authid":"root","authrole":"admin"}])") ==
        "admitted public visitor guest anonymous static");
  CHECK(told(spec, R"([1,null,{}])") == "admitted public visitor guest anonymous static");
  spec.anonymous->who.realm.clear();
  CHECK(told(spec, R"([1,null,{}])") ==
        R"(refused [3,{"message":"HELLO names no realm, and nor does anonymous here"},"wamp.error.no_such_realm"])");
}
