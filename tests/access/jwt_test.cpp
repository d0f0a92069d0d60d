#include <doctest/doctest.h>

#include "router/access/digest_memory.h"
#include "router/access/jwt_claims.h"
#include "router/access/jwt_keys.h"
#include "router/access/jwt_token.h"
#include "router/access/limits.h"
#include "router/access/token_place.h"
#include "tests/access/token_maker.h"

using namespace zeroway;

namespace {

using Sign = SigningKey::Sign;
const std::string kSecret(32, 's');

// Generated once: a key of RSA takes a while.
const SigningKey& rsa() {
  static const SigningKey kKey = SigningKey::rsa();
  return kKey;
}

std::string why_refused(const std::string& token) {
  const auto read = read_jwt(token);
  return read ? "" : read.error().detail;
}

std::string why_refused(const JwtKeys& keys, const std::string& token) {
  const auto read = read_jwt(token);
  if (!read) return read.error().detail;
  const auto checked = keys.check(*read);
  return checked ? "" : checked.error().detail;
}

Node claims_of(const std::string& json) {
  const std::string token = token_of(kSecret, R"({"alg":"HS256"})", json);
  return read_jwt(token)->claims;
}

std::string why_refused(const std::string& json, const JwtRule& rule, double now) {
  const auto read = read_jwt(token_of(kSecret, R"({"alg":"HS256"})", json));
  if (!read) return read.error().detail;
  const auto checked = check_claims(read->claims, rule, Seconds(now));
  return checked ? "" : checked.error().detail;
}

JwtKeys pem(const std::string& text, const JwtKeys::Names& names = {}) {
  return *JwtKeys::read_pem(text, "key", names);
}
JwtKeys secret() { return *JwtKeys::read_secret(kSecret + "\n", "secret", {}); }
JwtKeys set(const std::string& keys, const JwtKeys::Names& names = {}) {
  return *JwtKeys::read_set("{\"keys\":[" + keys + "]}", "set", names);
}

}  // namespace

TEST_CASE("jwt: the example of RFC 7515 A.1 is read and its signature fits") {
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
      "bS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const JwtKeys keys = set(
      R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})");
  CHECK(why_refused(keys, token) == "");
  const auto read = read_jwt(token);
  CHECK(read->claims.find("iss")->text == "joe");
  CHECK(read->claims.find("exp")->number == 1'300'819'380);
}

TEST_CASE("jwt: the example of RFC 7515 A.3 with the key of its set") {
  const std::string token =
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
  const JwtKeys keys = set(
      R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
  CHECK(why_refused(keys, token) == "");
  std::string other = token;
  other[other.size() - 5] = other[other.size() - 5] == 'A' ? 'B' : 'A';
  CHECK(why_refused(keys, other) == "the token's signature is wrong");
}

TEST_CASE("jwt: RSA (PKCS #1 and PSS), P-256 and Ed25519 by PEM and by set") {
  const SigningKey p256 = SigningKey::p256();
  const SigningKey ed25519 = SigningKey::ed25519();
  const auto claims = R"({"sub":"ann"})";
  const std::string rs = token_of(rsa(), Sign::pkcs1, R"({"alg":"RS256"})", claims);
  const std::string ps = token_of(rsa(), Sign::pss, R"({"alg":"PS256"})", claims);
  const std::string es = token_of(p256, Sign::ecdsa, R"({"alg":"ES256"})", claims);
  const std::string ed = token_of(ed25519, Sign::eddsa, R"({"alg":"EdDSA"})", claims);
  CHECK(why_refused(pem(rsa().public_pem()), rs) == "");
  CHECK(why_refused(pem(rsa().public_pem(), {"PS256"}), ps) == "");
  CHECK(why_refused(pem(p256.public_pem()), es) == "");
  CHECK(why_refused(pem(ed25519.public_pem()), ed) == "");
  const JwtKeys all = set(rsa().jwk() + "," + p256.jwk() + "," + ed25519.jwk());
  for (const std::string& token : {rs, es, ed}) CHECK(why_refused(all, token) == "");
  CHECK(why_refused(set(rsa().jwk(R"("alg":"PS256",)")), ps) == "");
}

TEST_CASE("jwt: the key says the algorithm: none, key confusion, and other algorithms are refused") {
  const auto claims = R"({"sub":"ann"})";
  const JwtKeys keys = pem(rsa().public_pem());
  for (const char* none : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string header = std::string(R"({"alg":")") + none + "\"}";
    CHECK(why_refused(keys, unsigned_token(header, claims) + ".") != "");
    CHECK(why_refused(keys, unsigned_token(header, claims) + ".AAAA") != "");
  }
  // HMAC with the public key as the secret.
  const std::string confused = token_of(rsa().public_pem(), R"({"alg":"HS256"})", claims);
  CHECK(why_refused(keys, confused) == "no key for a token with alg HS256");
  CHECK(why_refused(keys, token_of(rsa(), Sign::pss, R"({"alg":"PS256"})", claims)) ==
        "no key for a token with alg PS256");
  CHECK(why_refused(set(rsa().jwk(R"("alg":"RS256",)")), token_of(rsa(), Sign::pss, R"({"alg":"PS256"})", claims)) !=
        "");
  CHECK(why_refused(secret(), token_of(rsa(), Sign::pkcs1, R"({"alg":"RS256"})", claims)) ==
        "no key for a token with alg RS256");
  // The signature of one algorithm under the name of another one.
  CHECK(why_refused(pem(rsa().public_pem(), {"RS256", "PS256"}),
                    token_of(rsa(), Sign::pkcs1, R"({"alg":"PS256"})", claims)) == "the token's signature is wrong");
}

TEST_CASE("jwt: kid chooses the key; a wrong one is refused, and a key without an id serves all") {
  const SigningKey other = SigningKey::p256();
  const SigningKey key = SigningKey::p256();
  const JwtKeys keys = set(key.jwk(R"("kid":"a",)") + "," + other.jwk(R"("kid":"b",)"));
  const auto token = [&](const std::string& header) { return token_of(key, Sign::ecdsa, header, "{}"); };
  CHECK(why_refused(keys, token(R"({"alg":"ES256","kid":"a"})")) == "");
  CHECK(why_refused(keys, token(R"({"alg":"ES256"})")) == "");
  CHECK(why_refused(keys, token(R"({"alg":"ES256","kid":"b"})")) == "the token's signature is wrong");
  CHECK(why_refused(keys, token(R"({"alg":"ES256","kid":"c"})")) == "no key for a token with alg ES256 and this kid");
  CHECK(why_refused(keys, token(R"({"alg":"ES256","kid":7})")) == "the token's kid is no text");
  CHECK(why_refused(pem(key.public_pem()), token(R"({"alg":"ES256","kid":"c"})")) == "");
}

TEST_CASE("jwt: what two readers could take for different tokens is refused") {
  const auto token = [](const std::string& header, const std::string& claims) {
    return token_of(kSecret, header, claims);
  };
  CHECK(why_refused(token(R"({"alg":"HS256"})", "{}")) == "");
  CHECK(why_refused(token(R"({"alg":"HS256","alg":"none"})", "{}")) != "");
  CHECK(why_refused(token(R"({"alg":"HS256"})", R"({"sub":"ann","sub":"root"})")) != "");
  CHECK(why_refused(token(R"({"alg":"HS256","crit":["exp"],"exp":1})", "{}")) == "the token's header has crit");
  CHECK(why_refused(token(R"({"alg":"HS256"})", "[]")) != "");
  CHECK(why_refused(token(R"({"alg":"HS256"})", "{} x")) != "");
  CHECK(why_refused(token(R"({"alg":["HS256"]})", "{}")) != "");
  const std::string good = token(R"({"alg":"HS256"})", "{}");
  for (const std::string& text : {good + "=", good + ".", "." + good, good + "\n", good + "." + good, std::string(".."),
                                  std::string(), std::string("a.b"), std::string(20'000, 'a')})
    CHECK(why_refused(text) != "");
  CHECK(why_refused(secret(), unsigned_token(R"({"alg":"HS256"})", "{}") + ".") != "");
}

TEST_CASE("jwt claims: exp and nbf are checked when they are there, with the leeway") {
  JwtRule rule;
  CHECK(why_refused("{}", rule, 1'000) == "");
  CHECK(why_refused(R"({"exp":1001})", rule, 1'000) == "");
  CHECK(why_refused(R"({"exp":1000})", rule, 1'000) == "the token has expired");
  CHECK(why_refused(R"({"exp":1000.5})", rule, 1'000) == "");
  CHECK(why_refused(R"({"nbf":1001})", rule, 1'000) == "the token is not valid yet");
  CHECK(why_refused(R"({"nbf":1000})", rule, 1'000) == "");
  for (const char* wrong : {"\"1001\"", "null", "true", "[1001]", "1e999"})
    CHECK_MESSAGE(why_refused(std::string(R"({"exp":)") + wrong + "}", rule, 1'000) != "", wrong);
  rule.leeway = std::chrono::seconds(5);
  CHECK(why_refused(R"({"exp":996})", rule, 1'000) == "");
  CHECK(why_refused(R"({"exp":995})", rule, 1'000) == "the token has expired");
  CHECK(why_refused(R"({"nbf":1005})", rule, 1'000) == "");
  rule.wants_expiry = true;
  CHECK(why_refused("{}", rule, 1'000) == "the token has no exp");
  // Also when another claim is wanted and is there.
  rule.audiences = {"api"};
  CHECK(why_refused(R"({"aud":"api","exp":900})", rule, 1'000) == "the token has expired");
}

TEST_CASE("jwt claims: issuer and audience") {
  JwtRule rule;
  rule.issuers = {"https://a", "https://b"};
  CHECK(why_refused(R"({"iss":"https://b"})", rule, 1) == "");
  for (const char* wrong : {R"({"iss":"https://c"})", "{}", R"({"iss":["https://a"]})", R"({"iss":"https://a/"})"})
    CHECK_MESSAGE(why_refused(wrong, rule, 1) == "the token is of another issuer, or names none", wrong);
  rule = {};
  rule.audiences = {"api"};
  CHECK(why_refused(R"({"aud":"api"})", rule, 1) == "");
  CHECK(why_refused(R"({"aud":["x","api"]})", rule, 1) == "");
  for (const char* wrong : {R"({"aud":"apis"})", "{}", R"({"aud":[]})", R"({"aud":{"api":1}})", R"({"aud":[["api"]]})"})
    CHECK_MESSAGE(why_refused(wrong, rule, 1) == "the token is for another audience, or names none", wrong);
}

TEST_CASE("jwt claims: wanted claims are texts, words of a scope, and elements of lists") {
  JwtRule rule;
  rule.wanted = {{"scope", {"read"}}, {"realm.roles", {"admin", "ops"}}};
  const auto missing = [&](const char* json) {
    const auto* one = missing_claim(claims_of(json), rule);
    return one == nullptr ? std::string() : one->claim;
  };
  CHECK(missing(R"({"scope":"write read","realm":{"roles":["ops"]}})") == "");
  CHECK(missing(R"({"scope":"read","realm.roles":"admin"})") == "");
  CHECK(missing(R"({"scope":"reader","realm":{"roles":["ops"]}})") == "scope");
  CHECK(missing(R"({"realm":{"roles":["ops"]}})") == "scope");
  CHECK(missing(R"({"scope":"read","realm":{"roles":["operator"]}})") == "realm.roles");
  CHECK(missing(R"({"scope":"read","realm":{"roles":[["ops"]]}})") == "realm.roles");
  CHECK(missing(R"({"scope":"read","realm":"roles"})") == "realm.roles");
}

TEST_CASE("jwt claims: a claim as a field; what a field cannot have, or could be read in two ways, is none") {
  const auto field = [](const char* json) { return field_of(*claims_of(json).find("a")).value_or("(none)"); };
  CHECK(field(R"({"a":"ann"})") == "ann");
  CHECK(field(R"({"a":7})") == "7");
  CHECK(field(R"({"a":1.5})") == "1.5");
  CHECK(field(R"({"a":true})") == "true");
  CHECK(field(R"({"a":["x","y",3]})") == "x,y,3");
  CHECK(field(R"({"a":[]})") == "");
  for (const char* none : {R"({"a":"x\r\nX-Admin: 1"})", R"({"a":"\u0000"})", R"({"a":["x,admin"]})", R"({"a":{}})",
                           R"({"a":null})", R"({"a":[["x"]]})"})
    CHECK_MESSAGE(field(none) == "(none)", none);
}

TEST_CASE("jwt keys: files that are no keys are refused with what to do") {
  const auto error = [](const Result<JwtKeys>& read) { return read ? std::string() : read.error().detail; };
  CHECK(error(JwtKeys::read_pem(rsa().private_pem(), "k", {})).find("has a private key") != std::string::npos);
  CHECK(error(JwtKeys::read_pem("secret", "k", {})).find("no public key") != std::string::npos);
  CHECK(error(JwtKeys::read_pem(SigningKey::rsa(1'024).public_pem(), "k", {})).find("1024 bits") != std::string::npos);
  CHECK(error(JwtKeys::read_pem(rsa().public_pem(), "k", {"HS256", "ES256"})).find("none of the algorithms fits") !=
        std::string::npos);
  CHECK(error(JwtKeys::read_secret("short", "k", {})).find("has 5 bytes") != std::string::npos);
  // A public key that became a secret would let anybody sign.
  CHECK(error(JwtKeys::read_secret(rsa().public_pem(), "k", {})).find("say key_file") != std::string::npos);
  CHECK(error(JwtKeys::read_secret(kSecret, "k", {"RS256"})).find("needs one of") != std::string::npos);
  for (
      const char* text :
      {"", "{}", "[]", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]})",
       R"({"keys":[{"kty":"oct","k":"c2hvcnQ"}]})", R"({"keys":[7]})", R"({"keys":[],"keys":[]})",
       R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}]})"})
    CHECK_MESSAGE(error(JwtKeys::read_set(text, "k", {})) != "", text);
}

TEST_CASE("jwt keys: a set leaves out what it cannot use (RFC 7517 §5)") {
  const SigningKey key = SigningKey::p256();
  const JwtKeys keys = set(key.jwk(R"("use":"enc",)") + "," + key.jwk(R"("alg":"ECDH-ES",)") +
                           R"(,{"kty":"EC","crv":"secp256k1"},{"kty":"quantum"},)" + key.jwk(R"("use":"sig",)"));
  CHECK(keys.size() == 1);
}

TEST_CASE("token memory: a bounded number, the oldest goes first") {
  DigestMemory<Node> memory(kMostTokens);
  for (int i = 0; i < 2'000; ++i) {
    Digest digest{};
    digest[0] = static_cast<std::uint8_t>(i);
    digest[1] = static_cast<std::uint8_t>(i >> 8);
    Node claims;
    claims.number = i;
    CHECK(memory.add(digest, claims).number == i);
  }
  CHECK(memory.size() == 1'024);
  CHECK(memory.find(Digest{}) == nullptr);
  memory.clear();
  CHECK(memory.size() == 0);
}

TEST_CASE("token place: a cookie and a parameter, each once") {
  const Head head{{"cookie", "a=1; token=x.y.z"}, {"cookie", "tokens=2"}};
  CHECK(**find_cookie(head, "token") == "x.y.z");
  CHECK_FALSE(find_cookie(head, "oken")->has_value());
  CHECK_FALSE(find_cookie(Head{{"cookie", "token"}}, "token")->has_value());
  CHECK_FALSE(find_cookie(Head{{"cookie", "token=a; b=c"}, {"cookie", "token=b"}}, "token").has_value());
  CHECK(**find_parameter("/a?b=c&token=x.y&d", "token") == "x.y");
  CHECK_FALSE(find_parameter("/a/token=x", "token")->has_value());
  CHECK_FALSE(find_parameter("/a?token=x&token=y", "token").has_value());
}
