#include "router/wamp/auth/auth_messages.h"

#include <doctest/doctest.h>

#include "router/wamp/auth/limits.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

std::string hello(Serializer serializer, std::string_view message) {
  AuthHello read;
  if (const auto error = read_auth_hello(serializer, as_bytes(message), read)) return error->what;
  std::string methods;
  for (const std::string& method : read.methods) methods += method + ' ';
  return read.realm + '|' + methods + '|' + read.authid + '|' + read.public_key + '|' + read.nonce + '|' +
         read.channel_binding;
}
std::string hello(std::string_view json) { return hello(Serializer::json, json); }

std::string authenticate(Serializer serializer, std::string_view message) {
  Authenticate read;
  if (const auto error = read_authenticate(serializer, as_bytes(message), read)) return error->what;
  return "signature " + read.signature;
}
std::string authenticate(std::string_view json) { return authenticate(Serializer::json, json); }

}  // namespace

TEST_CASE("auth hello: what it says of the client, in every serializer") {
  const std::string message =
      R"([1,"realm1",{"roles":{"caller":{"authid":"no"}},"authmethods":["ticket","scram"],"authid":"joe",)"
      R"("authextra":{"pubkey":"ab","nonce":"cd","channel_binding":"tls-unique","x":{"nonce":"no"}},"x":["authid","no"]}])";
  for (const Serializer serializer : kSerializers)
    CHECK(hello(serializer, translated(Serializer::json, serializer, message)) ==
          "realm1|ticket scram |joe|ab|cd|tls-unique");
}

TEST_CASE("auth hello: a client that names no method is anonymous") {
  for (const char* message : {R"([1,"r",{}])", R"([1,"r",{"authmethods":[]}])", R"([1,"r",{"authmethods":null}])"})
    CHECK(hello(message) == "r|anonymous ||||");
  CHECK(hello(R"([1,null,{"authid":null,"authextra":null}])") == "|anonymous ||||");
  CHECK(hello(R"([1,null,{"authextra":{"pubkey":null,"nonce":null,"channel_binding":null}}])") == "|anonymous ||||");
}

TEST_CASE("auth hello: of two entries with one key the last one counts") {
  CHECK(hello(R"([1,"r",{"authid":"a","authmethods":["ticket"],"authid":"b","authmethods":["scram","tls"]}])") ==
        "r|scram tls |b|||");
  CHECK(hello(R"([1,"r",{"authid":"a","authid":null}])") == "r|anonymous ||||");
  CHECK(hello(R"([1,"r",{"authextra":{"nonce":"x","pubkey":"y"},"authextra":{"pubkey":"z"}}])") == "r|anonymous ||z||");
}

TEST_CASE("auth hello: only entries at their own places count") {
  CHECK(hello(R"([1,"r",{"a":{"authid":"x","authmethods":["ticket"]},"authextra":{"a":{"nonce":"x"}}}])") ==
        "r|anonymous ||||");
  CHECK(hello(R"([1,"r",{"authextra":{"nonce":"x","a":[1]},"other":["nonce"],"more":{"pubkey":"y"}}])") ==
        "r|anonymous |||x|");
}

TEST_CASE("auth hello: values of other kinds are violations") {
  for (const char* details :
       {R"("authid":1)", R"("authid":["a"])", R"("authmethods":"ticket")", R"("authmethods":{"a":"ticket"})",
        R"("authmethods":[1])", R"("authmethods":[["ticket"]])", R"("authextra":[])", R"("authextra":"x")",
        R"("authextra":{"pubkey":1})", R"("authextra":{"nonce":{}})", R"("authextra":{"channel_binding":true})",
        R"("authid":"\u0000YQ==")"}) {
    CAPTURE(details);
    CHECK(hello(std::string(R"([1,"r",{)") + details + "}]").find(" of HELLO ") != std::string::npos);
  }
  std::string many;
  for (std::size_t i = 0; i <= kMostAuthMethods; ++i) many += "\"tls\",";
  CHECK(hello(R"([1,"r",{"authmethods":[)" + many + "\"tls\"]}]").find("too many") != std::string::npos);
  CHECK(hello(R"([1,"r",{"authid":")" + std::string(kLongestAuthText + 1, 'a') + "\"}]").find("too long") !=
        std::string::npos);
  CHECK(hello(R"([1,"a b",{}])") == "the realm of HELLO is no URI");
  CHECK(hello(R"([3,{},"wamp.close.normal"])") == "the first message is no HELLO");
  CHECK(hello(R"([48,1,{},"a"])") == "the first message is no HELLO");
}

TEST_CASE("auth hello: an offer to be believed is seen, wherever it is in the list") {
  const auto offers = [](const std::string& methods) {
    const std::string message = R"([1,"r",{"authmethods":)" + methods + R"(,"authid":"anonymous-proxy"}])";
    bool is_same = true;
    for (const Serializer serializer : kSerializers) {
      const std::string one = translated(Serializer::json, serializer, message);
      is_same = is_same && offers_proxy(serializer, as_bytes(one)) == offers_proxy(Serializer::json, as_bytes(message));
    }
    return is_same && offers_proxy(Serializer::json, as_bytes(message));
  };
  CHECK(offers(R"(["anonymous-proxy"])"));
  CHECK(offers(R"(["ticket",7,"cryptosign-proxy"])"));
  // A translation would keep only the last list.
  CHECK(offers_proxy(Serializer::json,
                     as_bytes(R"([1,"r",{"authmethods":["anonymous-proxy"],"authmethods":["ticket"]}])")));
  CHECK_FALSE(offers(R"(["anonymous","ticket"])"));
  CHECK_FALSE(offers(R"([["anonymous-proxy"]],"x":["anonymous-proxy"])"));
  CHECK_FALSE(offers(R"("anonymous-proxy")"));
}

TEST_CASE("authenticate: a signature and a map, in every serializer") {
  for (const Serializer serializer : kSerializers)
    CHECK(authenticate(serializer, translated(Serializer::json, serializer, R"([5,"abc",{"nonce":"x"}])")) ==
          "signature abc");
  CHECK(authenticate(R"([5,"",{}])") == "signature ");
}

TEST_CASE("authenticate: everything else is a violation") {
  for (const char* wrong : {R"([5,"a"])", R"([5,"a",{},1])", R"([5,1,{}])", R"([5,"a",[]])", R"([5,["a"],{}])", "[5]"})
    CHECK(authenticate(wrong) == "AUTHENTICATE is no signature and a map");
  for (const char* wrong : {R"([1,"r",{}])", R"([6,"a",{}])", R"(["5","a",{}])", R"([5.0,"a",{}])", "[]"})
    CHECK(authenticate(wrong) == "the answer to CHALLENGE is no AUTHENTICATE");
  CHECK(authenticate("{}") == "a message that is no list");
  CHECK(authenticate("5") == "a message that is no list");
  CHECK(authenticate(R"([5,")" + std::string(kLongestSignature + 1, 'a') + R"(",{}])") ==
        "AUTHENTICATE is no signature and a map");
}
