#include "proto/route_claim.h"

#include <doctest/doctest.h>

#include "proto/limits.h"

using namespace zeroway;

namespace {

// The plain form as text, or what is wrong.
std::string plain(const std::string& host, const std::string& path, PathMatch match = PathMatch::prefix) {
  const auto claim = read_claim({host, path, match});
  return claim ? claim_text(*claim) : claim.error().detail;
}

}  // namespace

TEST_CASE("claims: endings of patterns mean what they mean in patterns") {
  CHECK(plain("", "/st") == "/st/*");
  CHECK(plain("", "/st/") == "/st/*");
  CHECK(plain("", "/st/*") == "/st/*");
  CHECK(read_claim({"", "/st/*"})->path == "/st");
  CHECK(plain("", "/users/{id}") == "/users/");
  CHECK(plain("", "/users/{id}/*") == "/users/");
  CHECK(plain("", "/*") == "/*");
  CHECK(plain("", "/{page}") == "/*");
  CHECK(plain("shop.test", "/{page}") == "shop.test/*");
  CHECK(is_everything(*read_claim({"*", "/{page}"})));
  CHECK_FALSE(is_everything(*read_claim({"shop.test", "/"})));
  CHECK_FALSE(is_everything({"", "/", PathMatch::exact}));
}

TEST_CASE("claims: exact paths and those below one are taken as they are") {
  CHECK(plain("", "/", PathMatch::exact) == "/");
  CHECK(plain("", "/a/{b}*", PathMatch::exact) == "/a/{b}*");
  CHECK(plain("", "/a", PathMatch::below) == "/a/");
  CHECK(plain("", "/", PathMatch::below) == "/*");
}

TEST_CASE("claims: hosts are names, names below one, addresses, or every host") {
  for (const char* host : {"example.com", "*.example.com", "EXAMPLE.com.", "a_b-c.test:8080", "[::1]", "[::1]:90",
                           "127.0.0.1", "localhost"}) {
    CAPTURE(host);
    CHECK(plain(host, "/x") == std::string(host) + "/x/*");
  }
  CHECK(plain("*", "/x") == "/x/*");
}

TEST_CASE("claims: what matches nothing, or not what was meant, is refused with the reason") {
  const std::string no_host = " is no host: a name, *.NAME or an address, like example.com";
  for (const char* host : {"http:", ".test", "a..b", "a b", "a:x", "[::1", "[]", "a/b", "\xc3\xb6.test"}) {
    CAPTURE(host);
    CHECK(plain(host, "/x").ends_with(no_host));
  }
  CHECK(plain("http:", "//host/api") == "host \"http:\"" + no_host);
  CHECK(plain("a.*", "/x") == "host \"a.*\" has a '*' that is not its whole first label, as in *.example.com");
  CHECK(plain("*.*.test", "/x").find("whole first label") != std::string::npos);
  CHECK(plain("*", "/x*") == "path \"/x*\" has a '*' that is not at its end, behind '/', as in /api/*");
  CHECK(plain("", "/*/x").find("not at its end") != std::string::npos);
  CHECK(plain("", "/a/{b}/c") == "path \"/a/{b}/c\" has braces that are not its last segment, as in /users/{id}");
  CHECK(plain("", "/a/x{b}").find("braces") != std::string::npos);
  CHECK(plain("", "/a/{}").find("braces") != std::string::npos);
  CHECK(plain("", "/a?b") == "path \"/a?b\" has a query: '?' and '#' stand in no path");
  CHECK(plain("", "x") == "path \"x\" is not visible ASCII that starts with '/'");
  CHECK(plain("", "/a b") == "path \"/a?b\" is not visible ASCII that starts with '/'");
  CHECK(plain(std::string(kMaxHostLength + 1, 'a'), "/").ends_with("is longer than 255 characters"));
}

TEST_CASE("claims: a few stand in a line, the others are counted") {
  CHECK(claims_text({}) == "everything");
  std::vector<RouteClaim> claims{{"", "/todos", PathMatch::exact}, {"", "/users", PathMatch::below}, {"a.test", "/x"}};
  CHECK(claims_text(claims) == "/todos, /users/, a.test/x/*");
  for (int i = 0; i < 20; ++i) claims.push_back({"", "/" + std::to_string(i)});
  CHECK(claims_text(claims).ends_with(", /8/* and 11 more"));
}
