#include <doctest/doctest.h>

#include "tests/wamp/auth_case.h"
#include "tests/wamp/value_text.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

// The signatures and the key are those of python3-autobahn 22.7.1 (AuthWampCra, derive_key).
constexpr const char* kJoeSigns = "EVWHjalkoXt4nCugRQwb1aPqBvCOQhawyNVucOZpPh8=";
constexpr const char* kAnnSigns = "8TLXQoW4TfkvH7i4GFYVBMlGvIbBouAkankDvsMoVug=";
constexpr const char* kKeyOfAnn = "n86WK9DwJy/nMNGmXYr5iw==";  // of "pass word", "salt123", 100 and 16

WampAuthSpec plain() {
  WampAuthSpec spec;
  spec.wampcra = {{{"joe", "frontend", ""}, "se/cret", "", 0, 0}};
  return spec;
}
WampAuthSpec salted() {
  WampAuthSpec spec;
  spec.wampcra = {{{"ann", "backend", ""}, kKeyOfAnn, "salt123", 100, 16}};
  return spec;
}
std::string hello_as(const std::string& authid) { return hello_of(R"("wampcra")", R"("authid":")" + authid + '"'); }

// The challenge's text as JSON writes it in JSON.
std::string challenge(const std::string& authid, const std::string& role) {
  return R"({\"authid\":\")" + authid + R"(\",\"authrole\":\")" + role +
         R"(\",\"authmethod\":\"wampcra\",\"authprovider\":\"static\",)"
         R"(\"nonce\":\"030a11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dc\",)"
         R"(\"timestamp\":\"2026-03-01T12:34:56.789Z\",\"session\":2833545066589493})";
}

}  // namespace

TEST_CASE("WAMP-CRA: who signs with the secret is admitted; without a salt CHALLENGE has none of its numbers") {
  AuthCase test(plain());
  CHECK(test.hello(hello_as("joe")) ==
        R"(challenged [4,"wampcra",{"challenge":")" + challenge("joe", "frontend") + R"("}])");
  CHECK(test.authenticate(answer_of(kJoeSigns)) == "admitted realm1 joe frontend wampcra static");
}

TEST_CASE(
    "WAMP-CRA: with a salt the key is the base64 text of what PBKDF2 makes, and the salt comes with its numbers") {
  AuthCase test(salted());
  CHECK(test.hello(hello_as("ann")) == R"(challenged [4,"wampcra",{"challenge":")" + challenge("ann", "backend") +
                                           R"(","salt":"salt123","iterations":100,"keylen":16}])");
  CHECK(test.authenticate(answer_of(kAnnSigns)) == "admitted realm1 ann backend wampcra static");
}

TEST_CASE("WAMP-CRA: the challenge is the same text in every serializer") {
  for (const Serializer serializer : kSerializers) {
    AuthCase test(plain(), {}, serializer);
    const std::string hello = translated(Serializer::json, serializer, hello_as("joe"));
    const AuthVerdict verdict = test.session().hello(as_bytes(hello), kAuthNow);
    CHECK(translated(serializer, Serializer::json, verdict.message) ==
          R"([4,"wampcra",{"challenge":")" + challenge("joe", "frontend") + R"("}])");
    const std::string answer = translated(Serializer::json, serializer, answer_of(kJoeSigns));
    CHECK(test.session().authenticate(as_bytes(answer), kAuthNow).kind == AuthVerdict::Kind::admitted);
  }
}

TEST_CASE("WAMP-CRA: a wrong signature is refused, and so is one of an unknown authid") {
  for (const char* signature : {"", "EVWHjalkoXt4nCugRQwb1aPqBvCOQhawyNVucOZpPh9=", kAnnSigns, "EVWH"}) {
    AuthCase test(plain());
    static_cast<void>(test.hello(hello_as("joe")));
    CHECK(test.authenticate(answer_of(signature)) == kWrong);
  }
  // The right signature by the secret of the only principal, for the challenge of another authid.
  AuthCase test(plain());
  CHECK(test.hello(hello_as("eve")) ==
        R"(challenged [4,"wampcra",{"challenge":")" + challenge("eve", "frontend") + R"("}])");
  const std::string signature = base64_of(
      hmac_sha256("se/cret", R"({"authid":"eve","authrole":"frontend","authmethod":"wampcra","authprovider":"static",)"
                             R"("nonce":"030a11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dc",)"
                             R"("timestamp":"2026-03-01T12:34:56.789Z","session":2833545066589493})"));
  CHECK(test.authenticate(answer_of(signature)) == kWrong);
}

TEST_CASE("WAMP-CRA: an unknown authid has a salt of its own, the same each time, as long as those of the known") {
  AuthCase test(salted()), again(salted());
  const std::string first = test.hello(hello_as("eve"));
  CHECK(first == again.hello(hello_as("eve")));
  const auto at = first.find(R"("salt":")");
  REQUIRE(at != std::string::npos);
  CHECK(first.substr(at + 8 + 7, 1) == "\"");  // seven characters
  CHECK(first.find("salt123") == std::string::npos);
  CHECK(first.ends_with(R"("iterations":100,"keylen":16}])"));
  AuthCase other(salted());
  CHECK(other.hello(hello_as("bob")).substr(at, 16) != first.substr(at, 16));
}
