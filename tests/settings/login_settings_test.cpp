// What a file says of logins.
#include <doctest/doctest.h>

#include "router/settings/login_url.h"
#include "tests/settings/file_text.h"

using namespace zeroway;

namespace {

const std::string kHead = "[[sites]]\nname = \"main\"\nhostname = \"example.com\"\nport = 8080\n";
const std::string kOneRoute =
    "[sites.proxy]\nenabled = true\n[[sites.proxy.upstreams]]\nname = \"b\"\nurl = \"http://127.0.0.1:1\"\n"
    "[[sites.proxy.routes]]\npath = \"/\"\nupstream = \"b\"\n";

LoginSettings login_of_site(const std::string& more) {
  return good(read_toml_text(kHead + more)).file->sites.at(0).login;
}
std::string error_of(const std::string& more) {
  const FileReading reading = read_toml_text(kHead + more);
  return reading.errors.empty() ? "" : reading.errors.front();
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("login settings: a login service by its URL, or by a table") {
  const LoginSettings short_form = login_of_site("forward_auth = \"http://127.0.0.1:9091/verify?rd=x\"\n");
  REQUIRE(short_form.forward);
  CHECK(short_form.forward->target.host == "127.0.0.1");
  CHECK(short_form.forward->target.port == 9091);
  CHECK(short_form.forward->path == "/verify?rd=x");
  const LoginSettings table = login_of_site(
      "[sites.forward_auth]\nurl = \"https://login.test\"\ncopy_headers = [\"Remote-User\"]\ntimeout = 2\n");
  REQUIRE(table.forward);
  CHECK(table.forward->path == "/");
  CHECK(table.forward->copy_headers == std::vector<std::string>{"remote-user"});
  CHECK(table.forward->timeout == Millis(2'000));
}

TEST_CASE("login settings: URLs of login services keep their path as it is") {
  const auto path = [](const char* url) {
    const auto read = read_login_url(url);
    return read ? read->path : "wrong: " + read.error().detail;
  };
  CHECK(path("http://a/verify/") == "/verify/");
  CHECK(path("http://a?b=c/d") == "/?b=c/d");
  CHECK(path("unix:/run/login.sock:/verify?a") == "/verify?a");
  CHECK(path("unix:/run/login.sock") == "/");
  CHECK(path("https://[::1]:9/x") == "/x");
  for (const char* wrong :
       {"", "a", "ftp://a/", "http://", "http://a b/", "http://a/ b", "http://a/#b", "fabric:", "http://u@a/"})
    CHECK_MESSAGE(path(wrong).starts_with("wrong"), wrong);
}

TEST_CASE("login settings: passwords and tokens") {
  const LoginSettings basic = login_of_site("[sites.basic_auth]\nfile = \"users\"\nuser_field = \"X-User\"\n");
  REQUIRE(basic.basic);
  CHECK(basic.basic->file == "dir/users");
  CHECK(basic.basic->user_field == "x-user");
  CHECK(basic.basic->realm == "Restricted");
  const LoginSettings jwt = login_of_site(
      "[sites.jwt]\njwks_file = \"keys\"\nissuer = \"a\"\naudience = [\"b\", \"c\"]\nrequired = { scope = \"d\", role "
      "= "
      "[\"e\", \"f\"] }\nclaims = { sub = \"X-User\" }\nleeway = 0\n");
  REQUIRE(jwt.jwt);
  CHECK(jwt.jwt->issuers == std::vector<std::string>{"a"});
  CHECK(jwt.jwt->audiences == std::vector<std::string>{"b", "c"});
  CHECK(jwt.jwt->required.at(1).values == std::vector<std::string>{"e", "f"});
  CHECK(jwt.jwt->claims.at(0).second == "x-user");
  CHECK(jwt.jwt->leeway == Millis(0));
}

TEST_CASE("login settings: what is wrong is told with its place") {
  CHECK(has(error_of("[sites.basic_auth]\nrealm = \"x\"\n"), "sites(main).basic_auth.file is missing"));
  CHECK(has(error_of("forward_auth = \"ftp://a/\"\n"),
            ":5:16: sites(main).forward_auth = \"ftp://a/\": its scheme is none of these"));
  CHECK(has(error_of("forward_auth = 7\n"), "sites(main).forward_auth = 7: wants a table, or what stands for one"));
  CHECK(has(error_of("[sites.jwt]\ncookie = \"a\"\n"), "wants one of key_file, secret_file and jwks_file, has none"));
  CHECK(has(error_of("[sites.jwt]\nkey_file = \"a\"\njwks_file = \"b\"\n"), "has several"));
  CHECK(has(error_of("[sites.jwt]\nkey_file = \"a\"\nalgorithms = [\"none\"]\n"), "sites(main).jwt.algorithms"));
  CHECK(has(error_of("[sites.jwt]\nkey_file = \"a\"\nclaims = { sub = \"X User\" }\n"), "sites(main).jwt.claims"));
  CHECK(has(error_of("[sites.jwt]\nkey_file = \"a\"\nrequired = { sub = 7 }\n"), "sites(main).jwt.required"));
  CHECK(has(error_of("[sites.jwt]\nkey_file = \"a\"\n[sites.basic_auth]\nfile = \"b\"\n"), "requests have one login"));
  CHECK(
      has(error_of(kOneRoute + "login = \"off\"\nforward_auth = \"http://a/\"\n"), "the route has a login of its own"));
  CHECK(has(error_of(kOneRoute + "login = \"of\"\n"), "is \"off\" meant?"));
}
