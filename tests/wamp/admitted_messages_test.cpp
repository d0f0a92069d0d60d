#include "router/wamp/auth/admitted_messages.h"

#include <doctest/doctest.h>

#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

const WampAdmission kJoe{"realm9", "joe", "frontend", "ticket", "static", {}};

using Write = MaybeValueError (*)(Serializer, Bytes, const WampAdmission&, std::string&);

// In JSON, by way of `serializer`.
std::string written(Write write, Serializer serializer, std::string_view message, const WampAdmission& who = kJoe) {
  std::string out;
  const std::string in = translated(Serializer::json, serializer, message);
  if (const auto error = write(serializer, as_bytes(in), who, out)) return error->what;
  return translated(serializer, Serializer::json, out);
}

const std::string kProxy =
    R"("authmethods":["anonymous-proxy"],"authid":"joe","authrole":"frontend","authextra":{"proxy_realm":"realm9",)"
    R"("proxy_authid":"joe","proxy_authrole":"frontend","proxy_authmethod":"ticket","proxy_authprovider":"static",)"
    R"("proxy_authextra":{}}}])";

}  // namespace

TEST_CASE("backend's HELLO: the realm and who the client is, and everything else as it was") {
  for (const Serializer serializer : kSerializers) {
    CHECK(written(write_backend_hello, serializer, R"([1,"realm1",{}])") == R"([1,"realm9",{)" + kProxy);
    CHECK(written(write_backend_hello, serializer,
                  R"([1,null,{"roles":{"caller":{"x":[1,{"authid":"z"}]}},"agent":"a"}])") ==
          R"([1,"realm9",{"roles":{"caller":{"x":[1,{"authid":"z"}]}},"agent":"a",)" + kProxy);
  }
}

TEST_CASE("backend's HELLO: what the client wrote in the place of the router's words is gone") {
  for (const Serializer serializer : kSerializers) {
    CHECK(written(write_backend_hello, serializer,
                  R"([1,"realm1",{"authmethods":["ticket"],"authid":"root","a":1,"authrole":"admin",)"
                  R"("authextra":{"proxy_authrole":"admin","proxy_authextra":{"x":1},"y":2},"b":2}])") ==
          R"([1,"realm9",{"a":1,"b":2,)" + kProxy);
  }
}

TEST_CASE("client's WELCOME: the backend's id and words, and who the client is here") {
  for (const Serializer serializer : kSerializers) {
    CHECK(
        written(
            write_client_welcome, serializer,
            R"([2,9007199254740992,{"roles":{"dealer":{}},"authid":"proxy","authrole":"x","authmethod":"anonymous-proxy",)"
            R"("authprovider":"y","authextra":{"k":"v"}}])") ==
        R"([2,9007199254740992,{"roles":{"dealer":{}},"authextra":{"k":"v"},"realm":"realm9","authid":"joe",)"
        R"("authrole":"frontend","authmethod":"ticket","authprovider":"static"}])");
  }
}

TEST_CASE("client's WELCOME: what the proof has for the client is added to its authextra") {
  WampAdmission who = kJoe;
  who.extra = {{"verifier", "s"}};
  const std::string end =
      R"("realm":"realm9","authid":"joe","authrole":"frontend","authmethod":"ticket","authprovider":"static")";
  CHECK(written(write_client_welcome, Serializer::json, R"([2,1,{"authextra":{"k":"v","verifier":"b"}}])", who) ==
        R"([2,1,{"authextra":{"k":"v","verifier":"s"},)" + end + "}]");
  CHECK(written(write_client_welcome, Serializer::json, R"([2,1,{"a":{"authextra":{}}}])", who) ==
        R"([2,1,{"a":{"authextra":{}},)" + end + R"(,"authextra":{"verifier":"s"}}])");
}

TEST_CASE("edited messages: one without details is an error, and nothing is written") {
  std::string out = "before";
  for (const char* wrong : {"[2,1]", "[2,1,[]]", "[2,1,1]", "[2,{},1]", "{}", "7", "[2,1,{}"}) {
    CHECK(write_client_welcome(Serializer::json, as_bytes(std::string_view(wrong)), kJoe, out));
    CHECK(out == "before");
  }
}
