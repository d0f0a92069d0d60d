#include "router/route/path_patterns.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {

PathPatterns of(std::initializer_list<std::string_view> patterns) {
  PathPatterns made;
  for (const std::string_view pattern : patterns) CHECK(made.add(pattern).has_value());
  return made;
}

std::string why_not(std::string_view pattern) {
  PathPatterns patterns;
  const auto added = patterns.add(pattern);
  CHECK(patterns.is_empty() != added.has_value());
  return added ? "" : added.error().detail;
}

}  // namespace

TEST_CASE("path patterns: a path is itself alone, and a slash at its end makes no difference") {
  const PathPatterns patterns = of({"/api/status", "/b/"});
  CHECK(patterns.have("/api/status"));
  CHECK(patterns.have("/api/status/"));
  CHECK(patterns.have("/b"));
  for (const std::string_view other : {"/api/status/x", "/api/statuses", "/api", "/", "", "/x/api/status", "/B"})
    CHECK_FALSE(patterns.have(other));
}

TEST_CASE("path patterns: a star is all that is below, with the path itself, and a capture without it") {
  const PathPatterns star = of({"/api/*"});
  CHECK(star.have("/api"));
  CHECK(star.have("/api/x/y"));
  CHECK_FALSE(star.have("/apis"));
  const PathPatterns below = of({"/kernels/{id}"});
  CHECK(below.have("/kernels/7"));
  CHECK(below.have("/kernels/7/channels"));
  CHECK_FALSE(below.have("/kernels"));
  CHECK_FALSE(below.have("/kernels/"));
}

TEST_CASE("path patterns: the root alone, and everything") {
  const PathPatterns root = of({"/"});
  CHECK(root.have("/"));
  CHECK(root.have(""));
  CHECK_FALSE(root.have("/x"));
  const PathPatterns all = of({"/*"});
  CHECK(all.have("/"));
  CHECK(all.have("/x/y"));
}

TEST_CASE("path patterns: what is none is refused with the reason") {
  CHECK(why_not("api").find("is not visible ASCII that starts with '/'") != std::string::npos);
  CHECK(why_not("/a?b").find("has a query") != std::string::npos);
  CHECK(why_not("/a*").find("has a '*' that is not at its end") != std::string::npos);
  CHECK(why_not("/{a}/b").find("has braces that are not its last segment") != std::string::npos);
  CHECK(of({}).is_empty());
}
