// What a file says of authentication at a path of WAMP.
#include <doctest/doctest.h>

#include "router/settings/description_wamp_auth.h"
#include "router/settings/node_json.h"
#include "router/settings/table_reader.h"
#include "router/settings/toml_reader.h"
#include "router/settings/wamp_auth_checks.h"
#include "tests/settings/file_text.h"

using namespace zeroway;

namespace {

struct AuthReading {
  WampAuthSettings auth;
  std::vector<std::string> errors;
  std::string shown;
};

AuthReading read(const std::string& toml) {
  Reading reading("dir/a.toml", Notation::toml, test_variable);
  const auto node = read_toml(toml, reading);
  REQUIRE(node);
  Table table;
  Keys<WampAuthSettings> keys(table);
  describe_wamp_auth(keys);
  AuthReading read;
  read_table(table, *node, "auth", &read.auth, reading);
  if (!reading.has_errors()) check_wamp_auth(read.auth, reading);
  read.errors = reading.errors();
  read.shown = json_of(*node);
  return read;
}
WampAuthSettings settings_of(const std::string& toml) {
  AuthReading reading = read(toml);
  CHECK(reading.errors.empty());
  for (const std::string& error : reading.errors) MESSAGE(error);
  return reading.auth;
}
std::string error_of(const std::string& toml) {
  const AuthReading reading = read(toml);
  return reading.errors.empty() ? "" : reading.errors.front();
}

const std::string kJoe = "authid = \"joe\"\nrole = \"frontend\"\n";
const std::string kHex(64, 'a');
const std::string kScram = "[[scram]]\n" + kJoe + "salt = \"0001020304050607\"\niterations = 4096\nstored_key = \"" +
                           kHex + "\"\nserver_key = \"" + kHex + "\"\n";

}  // namespace

TEST_CASE("wamp auth settings: every method") {
  const WampAuthSettings auth = settings_of(
      "challenge_timeout = \"5s\"\n[anonymous]\nrole = \"guest\"\nrealm = \"public\"\n[[ticket]]\n" + kJoe +
      "ticket = \"${KEY}\"\n[[ticket]]\nauthid = \"ann\"\nrole = \"backend\"\nrealm = \"realm9\"\nticket = \"t\"\n"
      "[[wampcra]]\n" +
      kJoe + "secret = \"s\"\n[[wampcra]]\nauthid = \"ann\"\nrole = \"x\"\nsecret = \"n86WK9DwJy/nMNGmXYr5iw==\"\n" +
      "salt = \"salt123\"\niterations = 100\nkeylen = 16\n" + kScram + "memory = 512\n[[cryptosign]]\n" + kJoe +
      "authorized_keys = [\"" + kHex + "\"]\n[[tls]]\n" + kJoe +
      "common_name = \"joe.example\"\n[cookie]\nfile = \"cookies\"\nmax_age = \"1h\"\n");
  CHECK(auth.challenge_timeout == Millis(5'000));
  REQUIRE(auth.anonymous);
  CHECK(auth.anonymous->role == "guest");
  CHECK(auth.anonymous->realm == "public");
  REQUIRE(auth.ticket.size() == 2);
  CHECK(auth.ticket[0].ticket == "se$$cret");
  CHECK(auth.ticket[1].who == PrincipalSettings{"ann", "backend", "realm9"});
  CHECK(auth.wampcra.at(0).salt.empty());
  CHECK(auth.wampcra.at(1).keylen == 16);
  CHECK(auth.scram.at(0).kdf == "argon2id-13");
  CHECK(auth.scram.at(0).memory == 512);
  CHECK(auth.cryptosign.at(0).authorized_keys == std::vector<std::string>{kHex});
  CHECK(auth.tls.at(0).common_name == "joe.example");
  REQUIRE(auth.cookie);
  CHECK(auth.cookie->name == "cbtid");
  CHECK(auth.cookie->file == "dir/cookies");
  CHECK(auth.cookie->max_age == Millis(3'600'000));
}

TEST_CASE("wamp auth settings: an empty table of anonymous lets everybody in") {
  CHECK(settings_of("[anonymous]\n").anonymous->role == "anonymous");
}

TEST_CASE("wamp auth settings: without a method nobody could join") {
  const std::string wants =
      ": nobody could join: wants at least one of anonymous, ticket, wampcra, scram, cryptosign, tls";
  CHECK(error_of("").ends_with(wants));
  CHECK(error_of("[cookie]\n").ends_with(wants));
}

TEST_CASE("wamp auth settings: what is missing, and what does not fit, is named") {
  CHECK(error_of("[[ticket]]\nrole = \"a\"\nticket = \"t\"\n").find("auth.ticket.authid is missing") !=
        std::string::npos);
  CHECK(error_of("[[ticket]]\nauthid = \"a\"\nticket = \"t\"\n").find("auth.ticket.role is missing") !=
        std::string::npos);
  CHECK(error_of("[[ticket]]\n" + kJoe) ==
        "dir/a.toml:1:1: auth.ticket.ticket is missing: wants a text of 1 to 8192 bytes");
  CHECK(error_of("[[ticket]]\n" + kJoe + "realm = \"a b\"\nticket = \"t\"\n") ==
        "dir/a.toml:4:9: auth.ticket.realm = \"a b\": wants the name of a realm");
  CHECK(error_of("[[tickets]]\n").find("auth.tickets is no key; is ticket meant?") != std::string::npos);
  CHECK(error_of("[cookie]\nlength = 6\n") == "dir/a.toml:2:10: auth.cookie.length = 6: wants a number from 16 to 64");
  CHECK(error_of("challenge_timeout = 0\n").find("auth.challenge_timeout = 0: wants a time from 100ms") !=
        std::string::npos);
}

TEST_CASE("wamp auth settings: an error about a secret does not repeat it") {
  const auto is_hidden = [](const std::string& toml, const std::string& secret) {
    const AuthReading reading = read(toml);
    REQUIRE_FALSE(reading.errors.empty());
    for (const std::string& error : reading.errors) CHECK(error.find(secret) == std::string::npos);
    CHECK(reading.errors.front().find("does not fit") != std::string::npos);
  };
  is_hidden("[[ticket]]\n" + kJoe + "ticket = 98765\n", "98765");
  is_hidden("[[wampcra]]\n" + kJoe + "secret = [\"hush\"]\n", "hush");
  is_hidden("[[wampcra]]\n" + kJoe + "secret = \"hush\"\nsalt = \"s\"\niterations = 1\nkeylen = 16\n", "hush");
  std::string scram = kScram + "memory = 512\n";
  scram.replace(scram.find(kHex), 64, std::string(63, 'a') + "z");
  is_hidden(scram, "aaaz");
}

TEST_CASE("wamp auth settings: what the management shows of a file has no secret") {
  const std::string shown = read("[[ticket]]\n" + kJoe + "ticket = \"hush1\"\n[[wampcra]]\n" + kJoe +
                                 "secret = \"hush2\"\n" + kScram + "memory = 512\n")
                                .shown;
  CHECK(shown.find("joe") != std::string::npos);
  CHECK(shown.find("hush") == std::string::npos);
  CHECK(shown.find(kHex) == std::string::npos);
}

TEST_CASE("wamp auth settings: an authid is there once in each method") {
  CHECK(error_of("[[ticket]]\n" + kJoe + "ticket = \"a\"\n[[ticket]]\n" + kJoe + "ticket = \"b\"\n") ==
        "dir/a.toml:6:10: auth.ticket.authid = \"joe\" is there twice: line 2 has it, too");
  CHECK(error_of("[[ticket]]\n" + kJoe + "ticket = \"a\"\n[[wampcra]]\n" + kJoe + "secret = \"b\"\n") == "");
  CHECK(error_of("[[tls]]\n" + kJoe + "common_name = \"a\"\n[[tls]]\n" + kJoe + "common_name = \"b\"\n") == "");
  CHECK(error_of("[[tls]]\n" + kJoe + "common_name = \"a\"\n[[tls]]\n" + kJoe + "common_name = \"a\"\n") ==
        "dir/a.toml:8:15: auth.tls.common_name = \"a\" is there twice: line 4 has it, too");
  const std::string upper(40, 'A'), lower(40, 'a');
  CHECK(error_of("[[tls]]\n" + kJoe + "fingerprint = \"" + upper + "\"\n[[tls]]\n" + kJoe + "fingerprint = \"" + lower +
                 "\"\n")
            .find("is there twice") != std::string::npos);
}

TEST_CASE("wamp auth settings: a salt comes with its two numbers, and a key of that length") {
  const std::string head = "[[wampcra]]\n" + kJoe + "secret = \"n86WK9DwJy/nMNGmXYr5iw==\"\n";
  const std::string wants = "auth.wampcra: wants all of salt, iterations and keylen, or none of them";
  for (const char* some : {"salt = \"s\"\n", "iterations = 1\n", "keylen = 16\n", "salt = \"s\"\nkeylen = 16\n"})
    CHECK(error_of(head + some).ends_with(wants));
  CHECK(error_of(head + "salt = \"s\"\niterations = 1\nkeylen = 16\n") == "");
  CHECK(error_of(head + "salt = \"s\"\niterations = 1\nkeylen = 17\n").find("17 bytes in base64") != std::string::npos);
}

TEST_CASE("wamp auth settings: SCRAM's memory belongs to argon2id, and its authids are ASCII") {
  CHECK(error_of(kScram).ends_with("memory is missing, which argon2id-13 wants"));
  CHECK(error_of(kScram + "kdf = \"pbkdf2\"\n") == "");
  CHECK(error_of(kScram + "kdf = \"pbkdf2\"\nmemory = 512\n").ends_with("pbkdf2 has no memory"));
  CHECK(error_of(kScram + "kdf = \"bcrypt\"\n").find("wants one of argon2id-13, pbkdf2") != std::string::npos);
  for (const char* wrong : {"jöe", "a b", "a,b", "a=b"}) {
    std::string scram = kScram + "memory = 512\n";
    scram.replace(scram.find("joe"), 3, wrong);
    CHECK(error_of(scram).find("wants printable ASCII") != std::string::npos);
  }
}

TEST_CASE("wamp auth settings: a certificate is named in one way") {
  const std::string head = "[[tls]]\n" + kJoe;
  const std::string wants = "auth.tls: wants either fingerprint or common_name";
  CHECK(error_of(head).ends_with(wants));
  CHECK(error_of(head + "common_name = \"a\"\nfingerprint = \"" + kHex + "\"\n").ends_with(wants));
  CHECK(error_of(head + "fingerprint = \"abc\"\n").find("wants 64 hex digits") != std::string::npos);
  CHECK(error_of("[[cryptosign]]\n" + kJoe + "authorized_keys = []\n").find("at least one key") != std::string::npos);
  CHECK(error_of("[[cryptosign]]\n" + kJoe + "authorized_keys = [\"abc\"]\n").find("64 hex digits") !=
        std::string::npos);
}
