#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/settings/crossbar_reading.h"

using namespace zeroway;

namespace {

constexpr const char* kKey = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
constexpr const char* kWhere = "/transports/0/paths/p";

// A service whose `auth`, in line 4, has these methods.
std::string with_auth(const std::string& methods, const std::string& more = "") {
  return "{\"type\": \"websocket\", " + more + "\"auth\": {\n" + methods + "}}";
}

WampAuthSettings auth_in(const std::string& methods, const std::string& more = "") {
  const RouteSettings route = route_in(with_auth(methods, more));
  REQUIRE(route.wamp.auth.has_value());
  return *route.wamp.auth;
}

// Each error without the pointer to the service.
void check_auth_errors(const std::string& methods, const std::vector<std::string>& errors,
                       const std::string& more = "") {
  CAPTURE(methods);
  std::string wanted, told;
  for (const std::string& error : errors) wanted += error + "\n";
  const FileReading reading = read_json_text(worker_of(with_auth(methods, more)));
  for (std::string error : reading.errors) {
    const auto at = error.find(kWhere);
    REQUIRE(at != std::string::npos);
    told += error.erase(at, std::string(kWhere).size()).substr(std::string("dir/a.json:").size()) + "\n";
  }
  CHECK(told == wanted);
}

std::string warnings_of(const std::string& methods, const std::string& more) {
  std::string all;
  const FileReading reading = read_json_text(worker_of(with_auth(methods, more)));
  static_cast<void>(good(reading));
  for (const std::string& warning : reading.warnings) all += warning + "\n";
  return all;
}

}  // namespace

TEST_CASE("crossbar auth: without it the backends ask the clients") {
  CHECK_FALSE(route_in(R"({"type": "websocket"})").wamp.auth.has_value());
}

TEST_CASE("crossbar auth: anonymous, with and without a type") {
  const WampAuthSettings usual = auth_in(R"("anonymous": {})");
  REQUIRE(usual.anonymous.has_value());
  CHECK(usual.anonymous->role == "anonymous");
  const WampAuthSettings all =
      auth_in(R"("anonymous": {"type": "static", "role": "guest", "realm": "public", "authid": "visitor"})");
  CHECK(all.anonymous->role == "guest");
  CHECK(all.anonymous->realm == "public");
  CHECK(all.anonymous->authid == "visitor");
}

TEST_CASE("crossbar auth: tickets, of the file or of a variable") {
  const auto tickets = auth_in(R"("ticket": {"type": "static", "principals": {
    "joe": {"ticket": "$PORT", "role": "frontend"}, "ann": {"ticket": "${PORT}", "role": "backend", "realm": "r1"},
    "eve": {"ticket": "$lower $$ ${PORT} as it stands", "role": "x"}}})")
                           .ticket;
  REQUIRE(tickets.size() == 3);
  CHECK(tickets[0].who == PrincipalSettings{"joe", "frontend", ""});
  CHECK(tickets[0].ticket == "8443");
  CHECK(tickets[1].who == PrincipalSettings{"ann", "backend", "r1"});
  CHECK(tickets[1].ticket == "8443");
  CHECK(tickets[2].ticket == "$lower $$ ${PORT} as it stands");
}

TEST_CASE("crossbar auth: wampcra, by users or principals") {
  for (const char* list : {"users", "principals"}) {
    const auto users = auth_in(R"("wampcra": {"type": "static", ")" + std::string(list) + R"(": {
      "joe": {"secret": "prq7+YkJ1/KlW1X0YczMHw==", "role": "frontend", "salt": "salt123", "iterations": 100,
              "keylen": 16}, "ann": {"secret": "$PORT", "role": "backend"}}})")
                           .wampcra;
    REQUIRE(users.size() == 2);
    CHECK(users[0].who == PrincipalSettings{"joe", "frontend", ""});
    CHECK(users[0].salt == "salt123");
    CHECK(users[0].iterations == 100);
    CHECK(users[0].keylen == 16);
    CHECK(users[1].secret == "8443");
  }
}

TEST_CASE("crossbar auth: scram in hex; pbkdf2 has a memory that it does not use") {
  const auto scram = auth_in(R"("scram": {"type": "static", "principals": {
    "joe": {"kdf": "argon2id-13", "iterations": 4096, "memory": 512, "salt": "0001020304050607", "stored-key": ")" +
                             std::string(kKey) + R"(", "server-key": ")" + kKey + R"(", "role": "frontend"},
    "ann": {"kdf": "pbkdf2", "iterations": 4096, "memory": 512, "salt": "0001020304050607", "stored-key": ")" +
                             kKey + R"(", "server-key": ")" + kKey + R"(", "role": "backend"}}})")
                         .scram;
  REQUIRE(scram.size() == 2);
  CHECK(scram[0].who == PrincipalSettings{"joe", "frontend", ""});
  CHECK(scram[0].memory == 512);
  CHECK(scram[0].stored_key == kKey);
  CHECK(scram[0].server_key == kKey);
  CHECK(scram[1].kdf == "pbkdf2");
  CHECK(scram[1].memory == 0);
}

TEST_CASE("crossbar auth: keys of cryptosign") {
  const auto keys = auth_in(R"("cryptosign": {"type": "static", "principals": {"joe": {"authorized_keys": [")" +
                            std::string(kKey) + R"("], "role": "frontend", "realm": "realm1"}}})")
                        .cryptosign;
  REQUIRE(keys.size() == 1);
  CHECK(keys[0].who == PrincipalSettings{"joe", "frontend", "realm1"});
  CHECK(keys[0].authorized_keys == std::vector<std::string>{kKey});
}

TEST_CASE("crossbar auth: certificates want authorities of the endpoint") {
  const std::string sha1 = "B6:E5:E6:F2:2A:86:DB:3C:DC:9F:51:42:58:39:9B:14:92:5D:A1:EB";
  const std::string service = with_auth(R"("tls": {"type": "static", "principals": {
    "joe": {"certificate-sha1": ")" + sha1 +
                                        R"(", "role": "backend"}}})");
  const std::string with_tls = R"({"type": "proxy", "transports": [{"type": "web", "endpoint": {"type": "tcp",
    "port": 443, "tls": {"key": "k", "certificate": "c", "ca_certificates": ["ca"]}}, "paths": {"p": )" +
                               service + "}}]}";
  const SiteSettings site = site_in(with_tls);
  const auto certificates = site.proxy.routes.at(0).wamp.auth->tls;
  REQUIRE(certificates.size() == 1);
  CHECK(certificates[0].fingerprint == sha1);
  CHECK(certificates[0].who == PrincipalSettings{"joe", "backend", ""});
  check_errors(worker_of(service), {"5:12: " + std::string(kWhere) +
                                    "/auth/tls/principals/joe: wants ca_certificates in the site's tls, too: no client "
                                    "is asked for a certificate"});
}

TEST_CASE("crossbar auth: the cookie of the path is a login where auth says so") {
  const auto usual = auth_in(R"("anonymous": {}, "cookie": {})", R"("cookie": {}, )").cookie;
  REQUIRE(usual.has_value());
  CHECK(*usual == WampCookieSettings{});
  const std::string cookie = R"("cookie": {"name": "cb_id", "length": 32, "max_age": 3600,
    "store": {"type": "file", "filename": "cookies.dat", "purge_on_startup": true}}, )";
  const auto all = auth_in(R"("anonymous": {}, "cookie": {"type": "static"})", cookie).cookie;
  CHECK(all->name == "cb_id");
  CHECK(all->length == 32);
  CHECK(all->max_age == Millis(3'600'000));
  CHECK(all->file == "dir/cookies.dat");
  const auto kept = auth_in(R"("anonymous": {}, "cookie": {})", R"("cookie": {"store": {"type": "memory"}}, )").cookie;
  CHECK(kept->file.empty());

  CHECK_FALSE(auth_in(R"("anonymous": {})", R"("cookie": {}, )").cookie.has_value());
  CHECK(warnings_of(R"("anonymous": {})", R"("cookie": {}, )").find("/cookie (line 3): clients get a cookie where") !=
        std::string::npos);
  CHECK(auth_in(R"("anonymous": {}, "cookie": {})", R"("cookie": {"length": 6}, )").cookie->length == 16);
  CHECK(warnings_of(R"("anonymous": {}, "cookie": {})", R"("cookie": {"length": 6}, )")
            .find("/cookie/length = 6: could be guessed; it has 16 characters") != std::string::npos);
}

TEST_CASE("crossbar auth: cookies that do not fit are errors with their pointers") {
  const std::string methods = R"("anonymous": {}, "cookie": {})";
  const auto check = [&](const std::string& cookie, const std::string& error) {
    check_auth_errors(methods, {error}, "\"cookie\": " + cookie + ", ");
  };
  check_auth_errors(methods, {"4:28: /auth/cookie: wants a table cookie beside auth, too"});
  check("1", "3:33: /cookie = 1: wants a table");
  check(R"({"name": "a b"})", "3:42: /cookie/name = \"a b\": wants letters, digits, '-' and '_'");
  check(R"({"length": 5})", "3:44: /cookie/length = 5: wants a number from 6 to 64");
  check(R"({"length": 65})", "3:44: /cookie/length = 65: wants a number from 6 to 64");
  check(R"({"max_age": 0})", "3:45: /cookie/max_age = 0: wants seconds: a number from 1 to 311040000");
  check(R"({"path": "/"})", "3:34: /cookie/path is no key; is name meant?");
  check(R"({"store": {}})", "3:43: /cookie/store/type is missing");
  check(R"({"store": {"type": "database"}})",
        "3:52: /cookie/store/type = \"database\": wants memory or file: the router has no database");
  check(R"({"store": {"type": "file"}})", "3:43: /cookie/store/filename is missing: wants a path");
  check(R"({"store": {"type": "memory", "filename": "a"}})", "3:62: /cookie/store/filename is no key");
}

TEST_CASE("crossbar auth: who is asked elsewhere is no client of the router's") {
  for (const char* type : {"dynamic", "function", "database"})
    for (const char* method : {"anonymous", "ticket", "wampcra", "scram", "cryptosign", "tls", "cookie"}) {
      const std::string name = method;
      check_auth_errors("\"" + name + "\":\n{\"type\": \"" + type + "\", \"authenticator\": \"com.example.check\"}",
                        {"5:10: /auth/" + name + "/type = \"" + type +
                         "\": wants static: the router calls no procedure and no function to check clients"});
    }
}

TEST_CASE("crossbar auth: what does not fit is an error with its pointer, and no secret is shown") {
  check_auth_errors("", {"3:31: /auth: nobody could join: wants at least one of anonymous, ticket, wampcra, scram, "
                         "cryptosign, tls"});
  check_auth_errors(R"("tickets": {})", {"4:1: /auth/tickets is no key; is ticket meant?"});
  check_auth_errors(R"("ticket": 1)", {"4:11: /auth/ticket = 1: wants a table"});
  check_auth_errors(R"("ticket": {"type": "static"})",
                    {"4:11: /auth/ticket/principals is missing: wants a table of names and principals"});
  check_auth_errors(R"("wampcra": {"type": "static"})",
                    {"4:12: /auth/wampcra/users is missing: wants a table of names and principals"});
  check_auth_errors(R"("ticket": {"principals": []})",
                    {"4:26: /auth/ticket/principals = []: wants a table of names and principals"});
  check_auth_errors(R"("ticket": {"principals": {"joe": 1}})",
                    {"4:34: /auth/ticket/principals/joe = 1: wants a table"});
  check_auth_errors(R"("ticket": {"principals": {"a/b": {"ticket": "geheim"}}})",
                    {"4:34: /auth/ticket/principals/a~1b/role is missing: wants a text of 1 to 1024 bytes"});
  check_auth_errors(R"("ticket": {"principals": {"": {"ticket": "t", "role": "r"}}})",
                    {"4:27: /auth/ticket/principals/ is no name of a principal: wants a text of 1 to 1024 bytes"});
  check_auth_errors(R"("ticket": {"principals": {"joe": {"ticket": "$NONE", "role": "r"}}})",
                    {"4:45: /auth/ticket/principals/joe/ticket: the environment variable NONE is not set"});
  check_auth_errors(R"("ticket": {"principals": {"joe": {"ticket": 7, "role": "r"}}})",
                    {"4:45: /auth/ticket/principals/joe/ticket does not fit: wants a text of 1 to 8192 bytes"});
  check_auth_errors(R"("wampcra": {"users": {"joe": {"secret": "geheim", "role": "r", "salt": "s"}}})",
                    {"4:30: /auth/wampcra/users/joe: wants all of salt, iterations and keylen, or none of them"});
  check_auth_errors(R"("scram": {"principals": {"a=b": {"iterations": 1, "memory": 8, "salt": "0001020304050607",
    "role": "r", "stored-key": ")" +
                        std::string(kKey) + "\", \"server-key\": \"" + kKey + "\"}}}",
                    {"4:33: /auth/scram/principals/a=b = \"a=b\": wants printable ASCII without spaces, ',' and '='"});
  check_auth_errors(R"("scram": {"principals": {"joe": {"iterations": 1, "memory": 8, "salt": "0001020304050607",
    "role": "r", "stored-key": "geheim", "server-key": ")" +
                        std::string(kKey) + "\"}}}",
                    {"5:32: /auth/scram/principals/joe/stored-key does not fit: wants 64 hex digits"});
  check_auth_errors(R"("cryptosign": {"principals": {"joe": {"authorized_keys": ["a"], "role": "r"}}})",
                    {"4:59: /auth/cryptosign/principals/joe/authorized_keys/0 = \"a\": wants 64 hex digits"});
  check_auth_errors(
      R"("tls": {"principals": {"joe": {"certificate-sha1": ")" + std::string(kKey) + R"(", "role": "r"}}})",
      {"4:52: /auth/tls/principals/joe/certificate-sha1 = \"" + std::string(kKey).substr(0, 60) +
       "…\": wants 40 hex digits, perhaps with colons"});
}

TEST_CASE("crossbar auth: the router shows its file without secrets") {
  const FileReading reading = read_json_text(worker_of(with_auth(
      R"("ticket": {"principals": {"joe": {"ticket": "geheim1", "role": "r"}}},
    "wampcra": {"users": {"joe": {"secret": "geheim2", "role": "r"}}})")));
  CHECK(good(reading).file->sites.size() == 1);
  CHECK(reading.shown.find("geheim") == std::string::npos);
  CHECK(reading.shown.find("joe") != std::string::npos);
}
