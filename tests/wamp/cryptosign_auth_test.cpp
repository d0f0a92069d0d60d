#include <doctest/doctest.h>

#include "tests/wamp/auth_case.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

// Key and signature are those of python3-autobahn 22.7.1 (CryptosignKey of the bytes 0 to 31).
constexpr const char* kKey = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
constexpr const char* kChallenge = "030a11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dc";
const std::string kSignature =
    "7796aa9ddee7e958a2e57db492b2cdc26549866db955c3514fa073a66a10ea50"
    "e4a59e3d3fce8d948f4b23c879ce2ee603fc39f84f0c63ad518b419eb16dea01";
// A key of RFC 8032 §7.1, test 1.
constexpr const char* kOtherKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

std::string bytes(const char* hex) { return bytes_of_hex(hex, 32); }
WampAuthSpec keys() {
  WampAuthSpec spec;
  spec.cryptosign = {{{"joe", "frontend", ""}, {kOtherKey, kKey}}, {{"ann", "backend", ""}, {kOtherKey}}};
  return spec;
}
std::string hello_with(const std::string& more) { return hello_of(R"("cryptosign")", more); }
std::string key_of(const std::string& key) { return R"("authextra":{"pubkey":")" + key + R"("})"; }
const std::string kChallenged = std::string(R"(challenged [4,"cryptosign",{"challenge":")") + kChallenge + R"("}])";

}  // namespace

TEST_CASE("ed25519: the examples of RFC 8032 §7.1") {
  CHECK(is_signed_by(bytes(kOtherKey), "",
                     bytes_of_hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                                  "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
                                  64)));
  CHECK(is_signed_by(bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"), "r",
                     bytes_of_hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                  "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
                                  64)));
  CHECK_FALSE(is_signed_by(bytes(kOtherKey), "r", std::string(64, '\0')));
  CHECK_FALSE(is_signed_by("short", "r", std::string(64, '\0')));
  CHECK_FALSE(is_signed_by(bytes(kOtherKey), "r", "short"));
}

TEST_CASE("cryptosign: who signs with one of its keys is admitted, by authid, by key, or by both") {
  for (const std::string& more :
       {std::string(R"("authid":"joe")"), key_of(kKey), R"("authid":"joe",)" + key_of(kKey)}) {
    AuthCase test(keys());
    CHECK(test.hello(hello_with(more)) == kChallenged);
    CHECK(test.authenticate(answer_of(kSignature + kChallenge)) == "admitted realm1 joe frontend cryptosign static");
  }
}

TEST_CASE("cryptosign: whoever is not the owner of the key is refused, behind the same challenge") {
  for (const std::string& more :
       {std::string(R"("authid":"ann")"), std::string(R"("authid":"eve")"), R"("authid":"ann",)" + key_of(kKey),
        R"("authid":"eve",)" + key_of(kKey), R"("authid":"joe",)" + key_of(kOtherKey), key_of(kOtherKey), key_of("00"),
        key_of(std::string(64, 'z')), key_of(std::string(64, '0'))}) {
    CAPTURE(more);
    AuthCase test(keys());
    CHECK(test.hello(hello_with(more)) == kChallenged);
    CHECK(test.authenticate(answer_of(kSignature + kChallenge)) == kWrong);
  }
}

TEST_CASE("cryptosign: the signature is of this challenge, in hex, with the challenge behind it") {
  const std::string other(64, '0');
  std::string cut = kSignature;
  cut.pop_back();
  for (const std::string& answer : {std::string(), kSignature, kSignature + other, cut + "2" + kChallenge,
                                    kSignature + kChallenge + "00", cut + "g" + kChallenge}) {
    AuthCase test(keys());
    static_cast<void>(test.hello(hello_with(key_of(kKey))));
    CHECK(test.authenticate(answer_of(answer)) == kWrong);
  }
}

TEST_CASE("cryptosign: a client that wants channel binding is told that there is none") {
  AuthCase test(keys());
  CHECK(test.hello(hello_with(R"("authid":"joe","authextra":{"channel_binding":"tls-unique"})")) ==
        R"(refused [3,{"message":"there is no channel binding: the router ends TLS, and no backend sees its channel"},)"
        R"("wamp.error.authentication_failed"])");
  test.begin();
  CHECK(test.hello(hello_with(R"("authid":"joe","authextra":{"channel_binding":null})")) == kChallenged);
  test.begin();
  CHECK(test.hello(hello_with(R"("x":1)")).find("cryptosign wants an authid, or a pubkey") != std::string::npos);
}
