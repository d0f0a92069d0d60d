#include "router/route/canonical_path.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace zeroway;

namespace {

// The whole target, or the error's detail after "! ".
std::string canonical(std::string_view target) {
  std::string storage;
  const auto path = canonical_path(target, storage);
  if (path) return std::string(path->whole);
  CHECK(path.error().fault == Fault::client);
  CHECK(path.error().code == Code::bad_request);
  return "! " + path.error().detail;
}

bool has_encoded_slash(std::string_view target) {
  std::string storage;
  return canonical_path(target, storage).value().has_encoded_slash;
}

std::string stripped(std::string_view target, std::string_view prefix) {
  std::string storage, rest;
  const CanonicalPath path = canonical_path(target, storage).value();
  const CanonicalPath left = strip_prefix(path, prefix, rest);
  CHECK(left.whole.starts_with(left.path));
  CHECK(left.query() == path.query());
  CHECK(is_canonical(left.path));
  return std::string(left.whole);
}

struct Case {
  std::string target, expected;
};

}  // namespace

TEST_CASE("canonical path: what is canonical stays where it is, and no storage is used") {
  for (const std::string target :
       {"/", "/api/test?x=1", "/a//b", "//", "/a/", "/.well-known/x", "/...", "/a..b/..c/d..", "/.a", "/%2F%5C%25",
        "/a;b=1,2:@!$&'()*+=", "/~user/-_.", "*", "/?", "/%E2%82%AC", "/x?a/../b/%2e%2e"}) {
    CAPTURE(target);
    std::string storage = "untouched";
    const auto path = canonical_path(target, storage);
    REQUIRE(path.has_value());
    CHECK(path->whole.data() == target.data());
    CHECK(path->whole == target);
    CHECK(storage == "untouched");
    CHECK(is_canonical(path->path));
  }
}

TEST_CASE("canonical path: dot segments are resolved, also percent-encoded ones (RFC 3986 §6.2.2.3)") {
  const std::vector<Case> cases{
      {"/a/b/c/./../../g", "/a/g"},
      {"/public/../admin", "/admin"},
      {"/public/%2e%2e/admin", "/admin"},
      {"/public/%2E./admin", "/admin"},
      {"/public/.%2e/admin?x=/../y", "/admin?x=/../y"},
      {"/a/.", "/a/"},
      {"/a/./", "/a/"},
      {"/a/%2e", "/a/"},
      {"/a/b/..", "/a/"},
      {"/a/b/../", "/a/"},
      {"/a/..", "/"},
      {"/./a", "/a"},
      {"/.", "/"},
      {"/./", "/"},
      {"/a/..?q", "/?q"},
      {"/a//../b", "/a/b"},  // an empty segment is a segment (RFC 3986 §5.2.4)
      {"/a/..//b", "//b"},
      {"//..", "/"},
      {"/a/.../b", "/a/.../b"},
      {"/a/..b", "/a/..b"},
      {"/a/%2e%2e%2f", "/a/..%2F"},  // the slash is no end of a segment, so these are no two dots
      {"/a/..%5cb", "/a/..%5Cb"},
      {"/a/..;/b", "/a/..;/b"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.target);
    CHECK(canonical(one.target) == one.expected);
  }
}

TEST_CASE("canonical path: escapes of unreserved characters are decoded, others get upper case digits (§6.2.2.1, .2)") {
  const std::vector<Case> cases{
      {"/%61dmin", "/admin"},
      {"/%41%5a%30%2d%5F%7e", "/AZ0-_~"},
      {"/%e2%82%ac", "/%E2%82%AC"},
      {"/a%2fb", "/a%2Fb"},
      {"/a%5cb", "/a%5Cb"},
      {"/%3b%3f%23%25", "/%3B%3F%23%25"},
      {"/%252e%252e/admin", "/%252e%252e/admin"},  // decoded once, never twice
      {"/%25%32%65", "/%252e"},
      {"/%0d%0aSet-Cookie:x", "/%0D%0ASet-Cookie:x"},
      {"/%21", "/%21"},  // reserved: "!" may mean something else
  };
  for (const Case& one : cases) {
    CAPTURE(one.target);
    CHECK(canonical(one.target) == one.expected);
  }
}

TEST_CASE("canonical path: characters that no path of a URI holds become escapes, so each path has one form") {
  CHECK(canonical("/caf\xc3\xa9") == "/caf%C3%A9");
  CHECK(canonical("/a|b\"<>^`{}") == "/a%7Cb%22%3C%3E%5E%60%7B%7D");
  CHECK(canonical("/[1]") == "/%5B1%5D");
  CHECK(canonical("/a\\..\\b") == "/a%5C..%5Cb");
}

TEST_CASE("canonical path: slashes that are encoded stay so and are reported") {
  for (const char* target : {"/a%2Fb", "/a%2fb", "/a%5Cb", "/a%5cb", "/a\\b", "/%61%2F", "/a%2F/../b", "/%2F/./"}) {
    CAPTURE(target);
    CHECK(has_encoded_slash(target));
  }
  for (const char* target : {"/a/b", "/a?%2F", "/a?\\", "/%252F", "/%61", "/a?%5C"}) {
    CAPTURE(target);
    CHECK_FALSE(has_encoded_slash(target));
  }
}

TEST_CASE("canonical path: what has no meaning is refused, and the detail names it") {
  const std::vector<Case> cases{
      {"/..", "! a path above the root"},
      {"/../a", "! a path above the root"},
      {"/a/../../b", "! a path above the root"},
      {"/%2e%2E/a", "! a path above the root"},
      {"/a/%2e%2e/../b/..", "! a path above the root"},
      {"/a%00", "! %00 in the path"},
      {"/%00/../a", "! %00 in the path"},
      {"/%", "! a malformed escape in the path"},
      {"/%4", "! a malformed escape in the path"},
      {"/%4g", "! a malformed escape in the path"},
      {"/%g4", "! a malformed escape in the path"},
      {"/%%32%65", "! a malformed escape in the path"},
      {"/%u002e", "! a malformed escape in the path"},
      {"/a#b", "! a fragment in the request's target"},
      {"/a?b#c", "! a fragment in the request's target"},
      {"/a b", "! a space in the path"},
      {"/a?b c", "! a space in the query"},
      {"/a\rb", "! control character %0D in the path"},
      {std::string("/a\0b", 4), "! control character %00 in the path"},
      {"/a?\n", "! control character %0A in the query"},
      {"/\x7f", "! control character %7F in the path"},
      {"", "! a target that does not begin with '/'"},
      {"a", "! a target that does not begin with '/'"},
      {"?a", "! a target that does not begin with '/'"},
      {"*?", "! a target that does not begin with '/'"},
      {"http://a/", "! a target that does not begin with '/'"},
      {"\\a", "! a target that does not begin with '/'"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.target);
    CHECK(canonical(one.target) == one.expected);
  }
}

TEST_CASE("canonical path: the query is never touched, malformed escapes, ';' and all") {
  CHECK(canonical("/%61?%zz;b&%2e%2e/%41=?") == "/a?%zz;b&%2e%2e/%41=?");
  CHECK(canonical("/a/../?") == "/?");
}

TEST_CASE("canonical path: a prefix is cut where a segment ends, and the query is kept") {
  CHECK(stripped("/admin/x?y", "/admin/") == "/x?y");
  CHECK(stripped("/admin/x?y", "/admin") == "/x?y");
  CHECK(stripped("/admin/", "/admin/") == "/");
  CHECK(stripped("/admin", "/admin/") == "/");
  CHECK(stripped("/admin?y", "/admin") == "/?y");
  CHECK(stripped("/administrator", "/admin") == "/administrator");
  CHECK(stripped("/other", "/admin") == "/other");
  CHECK(stripped("/a/b", "/") == "/a/b");
  CHECK(stripped("/%61dmin/%78", "/admin") == "/x");
  CHECK(stripped("*", "/") == "*");
}

TEST_CASE("canonical path: after a strip there is neither a way above the root nor a second slash in front") {
  CHECK(canonical("/api/../../admin") == "! a path above the root");
  CHECK(stripped("/api/x/../admin", "/api") == "/admin");
  CHECK(stripped("/api/../admin", "/api") == "/admin");  // resolved first: this path is not below "/api"
  CHECK(stripped("/api//evil.test/x", "/api") == "/evil.test/x");
  CHECK(stripped("/api///", "/api") == "/");
  CHECK(stripped("/api/a//b", "/api") == "/a//b");
  CHECK(stripped("/api/%2F..%5Cevil.test", "/api") == "/%2F..%5Cevil.test");
}
