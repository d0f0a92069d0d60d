#include <doctest/doctest.h>

#include "router/access/base64.h"
#include "router/wamp/auth/scram_proof.h"
#include "tests/wamp/auth_case.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

// The keys and the proof are those of python3-autobahn 22.7.1 (derive_scram_credential, AuthScram) for "pencil".
WampAuthSpec keys() {
  WampAuthSpec spec;
  ScramSpec joe;
  joe.who = {"joe", "frontend", ""};
  joe.kdf = "argon2id-13";
  joe.salt = "000102030405060708090a0b0c0d0e0f";
  joe.iterations = 4096;
  joe.memory = 512;
  joe.stored_key = "908020502aa58f94ae4ab4feeffb620ed0703c822e47c2b174756ace2f35d5ed";
  joe.server_key = "8147c021967553ddaf15cbdf00aed19103c7118c82f67994a5ae9fc10d39802a";
  spec.scram = {joe};
  return spec;
}
std::string hello_as(const std::string& authid, const std::string& more = "") {
  return hello_of(R"("scram")",
                  R"("authid":")" + authid + R"(","authextra":{"nonce":"AwoRGB8mLTQ7QklQV15lbA==")" + more + '}');
}
constexpr const char* kProof = "T1BzEhq7td0njgU93lSJK67TqFYTCwGFv4nT2K2yFK4=";
constexpr const char* kServerSignature = "qRQ8w7HqfTcARtvxb1j3HL9O1/zm7V3blCoGqPTED0A=";

std::string decoded(std::string_view text) { return decode_base64(text).value_or("none"); }

}  // namespace

TEST_CASE("SCRAM: the example of RFC 7677 §3") {
  const std::string stored = bytes_of_hex("586e5df283e6dceb5c3e791d8b8528ec191e664045ce971792e2e6b5bb13e2a6", 32);
  const std::string server = bytes_of_hex("c1f3cbc1c13a9d35a14c0990eed97629ea225863e566a4314ab99f3f00e5d9d5", 32);
  const std::string message =
      "n=user,r=rOprNGfwEbeRWgbNEkqO,"
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const std::string proof = decoded("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  CHECK(is_scram_proof(stored, message, proof));
  CHECK_FALSE(is_scram_proof(stored, message + ' ', proof));
  CHECK_FALSE(is_scram_proof(stored, message, proof.substr(1)));
  CHECK_FALSE(is_scram_proof(stored, message, ""));
  CHECK(base64_of(scram_server_signature(server, message)) == "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST_CASE("SCRAM: a proof admits, and WELCOME has the server's signature") {
  AuthCase test(keys());
  CHECK(test.hello(hello_as("joe")) ==
        R"(challenged [4,"scram",{"nonce":"AwoRGB8mLTQ7QklQV15lbA==AwoRGB8mLTQ7QklQV15lbHN6",)"
        R"("kdf":"argon2id-13","salt":"AAECAwQFBgcICQoLDA0ODw==","iterations":4096,"memory":512}])");
  CHECK(test.authenticate(answer_of(kProof)) == "admitted realm1 joe frontend scram static");
  CHECK(
      test.session().client_welcome(as_bytes(R"([2,77,{"authextra":{"x":1}}])")) ==
      std::string(R"([2,77,{"authextra":{"x":1,"verifier":")") + kServerSignature + R"(","scram_server_signature":")" +
          kServerSignature +
          R"("},"realm":"realm1","authid":"joe","authrole":"frontend","authmethod":"scram","authprovider":"static"}])");
}

TEST_CASE("SCRAM: a client that says in RFC 5802's form that it binds no channel is admitted, too") {
  // The client's key, from the proof that the other form has.
  const std::string nonce = "AwoRGB8mLTQ7QklQV15lbA==AwoRGB8mLTQ7QklQV15lbHN6";
  const std::string begin = "n=joe,r=AwoRGB8mLTQ7QklQV15lbA==,r=" + nonce + ",s=AAECAwQFBgcICQoLDA0ODw==,i=4096,";
  const std::string stored = bytes_of_hex(keys().scram[0].stored_key);
  const std::string old = hmac_sha256(stored, begin + "c=,r=" + nonce);
  const std::string now = hmac_sha256(stored, begin + "c=biws,r=" + nonce);
  std::string proof = decoded(kProof);
  for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = static_cast<char>(proof[i] ^ old[i] ^ now[i]);
  AuthCase test(keys());
  static_cast<void>(test.hello(hello_as("joe")));
  CHECK(test.authenticate(answer_of(base64_of(proof))) == "admitted realm1 joe frontend scram static");
}

TEST_CASE("SCRAM: a wrong proof is refused, and so is any of an unknown authid") {
  for (const char* proof : {"", "T1Bz", "%%%%", "T1BzEhq7td0njgU93lSJK67TqFYTCwGFv4nT2K2yFK8="}) {
    AuthCase test(keys());
    static_cast<void>(test.hello(hello_as("joe")));
    CHECK(test.authenticate(answer_of(proof)) == kWrong);
  }
  AuthCase test(keys());
  const std::string challenge = test.hello(hello_as("eve"));
  CHECK(challenge.ends_with(R"(,"iterations":4096,"memory":512}])"));
  CHECK(challenge.find("AAECAwQFBgcICQoLDA0ODw==") == std::string::npos);
  CHECK(test.authenticate(answer_of(kProof)) == kWrong);
}

TEST_CASE("SCRAM: HELLO wants a nonce and an authid, and no channel binding") {
  const auto told = [](const std::string& hello) {
    AuthCase test(keys());
    return test.hello(hello);
  };
  CHECK(told(hello_of(R"("scram")", R"("authid":"joe")")).find("scram wants a nonce") != std::string::npos);
  CHECK(told(hello_of(R"("scram")", R"("authextra":{"nonce":"abcd"})")).find("wants an authid") != std::string::npos);
  CHECK(told(hello_as("joe", R"(,"channel_binding":"tls-unique")")).starts_with("refused"));
  CHECK(told(hello_as("joe", R"(,"channel_binding":null)")).starts_with("challenged"));
}
