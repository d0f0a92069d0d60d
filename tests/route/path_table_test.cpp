#include "router/route/path_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace zeroway;

namespace {

using Paths = PathTable<std::string>;

// The value; or the methods that are allowed, in brackets; or "-".
std::string found(const Paths& paths, std::string_view path, std::string_view method = "GET") {
  const auto match = paths.find(path, method);
  if (match.is_wrong_method()) return "[" + match.allowed_methods() + "]";
  return match.value == nullptr ? "-" : *match.value;
}

struct Case {
  std::string path, expected;
};

void check(const Paths& paths, const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    CAPTURE(one.path);
    CHECK(found(paths, one.path) == one.expected);
  }
}

}  // namespace

TEST_CASE("paths: the longest prefix wins, whatever the order of adding") {
  std::vector<std::string> prefixes{"/", "/api/", "/api/v2", "/apis", "/api/v2/users/"};
  std::sort(prefixes.begin(), prefixes.end());
  do {
    Paths paths;
    for (const std::string& prefix : prefixes) CHECK(paths.add_prefix(prefix, {}, prefix).is_new);
    check(paths, {{"/", "/"},
                  {"/ap", "/"},
                  {"/api", "/api/"},
                  {"/api/", "/api/"},
                  {"/api/x", "/api/"},
                  {"/api/v2", "/api/v2"},
                  {"/api/v2x", "/api/"},
                  {"/api/v2/users", "/api/v2/users/"},
                  {"/api/v2/users/7/a", "/api/v2/users/"},
                  {"/api/v2/user", "/api/v2"},
                  {"/apis/x", "/apis"},
                  {"//api", "/"},
                  {"*", "/"}});
  } while (std::next_permutation(prefixes.begin(), prefixes.end()));
}

TEST_CASE("paths: a prefix ends where a segment ends") {
  Paths paths;
  paths.add_prefix("/ws", {}, "ws");
  check(paths, {{"/ws", "ws"},
                {"/ws/", "ws"},
                {"/ws/chat", "ws"},
                {"/ws//", "ws"},
                {"/wsx", "-"},
                {"/w", "-"},
                {"/", "-"},
                {"/ws%2Fchat", "-"},
                {"*", "-"},
                {"", "-"},
                {"/x/ws", "-"}});
}

TEST_CASE("paths: a prefix with an empty segment is below it only") {
  Paths paths;
  paths.add_prefix("/a//", {}, "double");
  check(paths, {{"/a//", "double"}, {"/a//b", "double"}, {"/a/", "double"}, {"/a", "-"}, {"/a/b", "-"}});
}

TEST_CASE("paths: exact beats prefix, and is the path itself alone") {
  Paths paths;
  paths.add_prefix("/a", {}, "below");
  paths.add_exact("/a", {}, "exact");
  paths.add_exact("/a/b/", {}, "slash");
  check(paths,
        {{"/a", "exact"}, {"/a/", "below"}, {"/a/b", "below"}, {"/a/b/", "slash"}, {"/a/b/c", "below"}, {"/b", "-"}});
  CHECK(paths.find("/a", "GET").is_exact);
  CHECK_FALSE(paths.find("/a/b", "GET").is_exact);
  CHECK(paths.find("/a/b", "GET").matched == 2);
  CHECK(paths.find("/a/b/", "GET").matched == 5);
}

TEST_CASE("paths: of several values of one path, the one with the method wins, else the one for every method") {
  Paths paths;
  paths.add_prefix("/a", {"GET"}, "reads");
  paths.add_prefix("/a/", {"POST", "PUT"}, "writes");
  CHECK(found(paths, "/a/x", "GET") == "reads");
  CHECK(found(paths, "/a/x", "HEAD") == "reads");
  CHECK(found(paths, "/a/x", "PUT") == "writes");
  CHECK(found(paths, "/a/x", "get") == "[GET, HEAD, POST, PUT]");
  paths.add_prefix("/a", {}, "rest");
  CHECK(found(paths, "/a/x", "DELETE") == "rest");
  CHECK(found(paths, "/a/x", "POST") == "writes");
}

TEST_CASE("paths: a known path without the method is a 405 that names the methods, and no shorter path is taken") {
  Paths paths;
  paths.add_prefix("/", {}, "all");
  paths.add_prefix("/admin", {"GET"}, "admin");
  paths.add_exact("/admin/log", {"DELETE"}, "log");
  CHECK(found(paths, "/admin/x", "POST") == "[GET, HEAD]");
  CHECK(found(paths, "/admin/log", "GET") == "[DELETE]");
  CHECK(found(paths, "/admin/log/x", "GET") == "admin");
  CHECK(found(paths, "/x", "PROPFIND") == "all");
}

TEST_CASE("paths: two values for one path and method are reported, and the first stays") {
  Paths paths;
  CHECK(paths.add_prefix("/a", {"GET", "PUT"}, "first").is_new);
  for (const MethodSet& methods : {MethodSet{"GET"}, MethodSet{"HEAD"}, MethodSet{"POST", "PUT"}}) {
    const auto again = paths.add_prefix("/a/", methods, "second");
    CHECK_FALSE(again.is_new);
    CHECK(again.value == "first");
  }
  CHECK(paths.add_prefix("/a", {}, "every").is_new);
  CHECK_FALSE(paths.add_prefix("/a", {}, "again").is_new);
  CHECK(paths.add_exact("/a", {"GET"}, "exact").is_new);
  CHECK_FALSE(paths.add_exact("/a", {"GET"}, "again").is_new);
  CHECK(found(paths, "/a/x", "HEAD") == "first");
}

TEST_CASE("paths: an empty table has nothing") {
  CHECK(Paths().is_empty());
  CHECK(found(Paths(), "/") == "-");
  CHECK(found(Paths(), "") == "-");
}

TEST_CASE("paths: a long path costs no more than the longest path of the table") {
  Paths paths;
  paths.add_prefix("/a", {}, "a");
  const std::string slashes(1'000'000, '/');
  CHECK(found(paths, slashes) == "-");
  CHECK(found(paths, "/a" + slashes) == "a");
}
