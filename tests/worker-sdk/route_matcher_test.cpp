#include "worker-sdk/src/handlers/route_matcher.h"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace zeroway;

namespace {

// "handler a=1 b=2 rest", or "no", or "other method".
std::string find(const RouteMatcher& matcher, std::string_view method, std::string_view path) {
  RouteMatch match;
  matcher.find(method, path, match);
  if (match.found == RouteMatch::Found::no) return "no";
  if (match.found == RouteMatch::Found::other_method) return "other method";
  std::string text = std::to_string(match.handler);
  for (std::size_t i = 0; i < match.names->size(); ++i)
    text += " " + (*match.names)[i] + "=" + std::string(path.substr(match.captures[i].begin, match.captures[i].size));
  if (match.rest.size > 0) text += " *" + std::string(path.substr(match.rest.begin, match.rest.size));
  return text;
}

}  // namespace

TEST_CASE("routes: a literal, a capture and a tail match what they say") {
  RouteMatcher matcher;
  matcher.add("GET", "/", 0);
  matcher.add("GET", "/users/{id}", 1);
  matcher.add("GET", "/files/*", 2);
  matcher.add("GET", "/a/{x}/c/{y}", 3);

  CHECK(find(matcher, "GET", "/") == "0");
  CHECK(find(matcher, "GET", "/users/7%2F8") == "1 id=7%2F8");
  CHECK(find(matcher, "GET", "/users/") == "no");
  CHECK(find(matcher, "GET", "/users") == "no");
  CHECK(find(matcher, "GET", "/users/7/") == "no");
  CHECK(find(matcher, "GET", "/files") == "2");
  CHECK(find(matcher, "GET", "/files/") == "2");
  CHECK(find(matcher, "GET", "/files/a/b") == "2 *a/b");
  CHECK(find(matcher, "GET", "/filesystem") == "no");
  CHECK(find(matcher, "GET", "/a/1/c/2") == "3 x=1 y=2");
  CHECK(find(matcher, "GET", "*") == "no");
}

TEST_CASE("routes: the most specific pattern wins, literal before capture before tail") {
  RouteMatcher matcher;
  matcher.add("*", "/*", 0);
  matcher.add("GET", "/users/*", 1);
  matcher.add("GET", "/users/{id}", 2);
  matcher.add("GET", "/users/me", 3);
  matcher.add("GET", "/users/{id}/mail", 4);

  CHECK(find(matcher, "GET", "/users/me") == "3");
  CHECK(find(matcher, "GET", "/users/you") == "2 id=you");
  CHECK(find(matcher, "GET", "/users/me/mail") == "4 id=me");
  CHECK(find(matcher, "GET", "/users/me/post") == "1 *me/post");
  CHECK(find(matcher, "GET", "/other") == "0 *other");
  CHECK(find(matcher, "OPTIONS", "*") == "0 **");
  CHECK(find(matcher, "POST", "/users/me") == "other method");
}

TEST_CASE("routes: methods") {
  RouteMatcher matcher;
  matcher.add("GET, POST", "/a", 0);
  matcher.add("*", "/b", 1);
  matcher.add("PUT", "/b", 2);
  matcher.add("HEAD", "/c", 3);
  matcher.add("GET", "/c", 4);

  CHECK(find(matcher, "GET", "/a") == "0");
  CHECK(find(matcher, "POST", "/a") == "0");
  CHECK(find(matcher, "HEAD", "/a") == "0");
  CHECK(find(matcher, "get", "/a") == "other method");
  CHECK(find(matcher, "DELETE", "/a") == "other method");
  CHECK(find(matcher, "DELETE", "/b") == "1");
  CHECK(find(matcher, "PUT", "/b") == "2");
  CHECK(find(matcher, "HEAD", "/c") == "3");
  CHECK(matcher.allowed("/a") == "GET, HEAD, POST");
}

TEST_CASE("routes: malformed patterns and methods are refused when they are added") {
  for (const char* pattern : {"", "a", "*", "/a*", "/*/b", "/{}", "/{a", "/a{b}", "/{a}b", "/{a{b}}", "/a?b", "/a b"}) {
    CAPTURE(pattern);
    RouteMatcher matcher;
    CHECK_THROWS_AS(matcher.add("GET", pattern, 0), std::invalid_argument);
  }
  for (const char* methods : {"", "GET,", "G T", ","}) {
    CAPTURE(methods);
    RouteMatcher matcher;
    CHECK_THROWS_AS(matcher.add(methods, "/", 0), std::invalid_argument);
  }
  RouteMatcher matcher;
  matcher.add("GET", "/{a}", 0);
  CHECK_THROWS_AS(matcher.add("GET", "/{a}", 1), std::invalid_argument);
  CHECK_THROWS_AS(matcher.add("POST", "/{b}", 1), std::invalid_argument);
}

TEST_CASE("routes: a handler for OPTIONS everywhere does not turn every 404 into 405") {
  RouteMatcher matcher;
  matcher.add("OPTIONS", "/*", 0);
  matcher.add("GET", "/a", 1);
  matcher.add("OPTIONS,HEAD", "/b/*", 2);

  CHECK(find(matcher, "GET", "/nothing") == "no");
  CHECK(find(matcher, "POST", "/a") == "other method");
  CHECK(matcher.allowed("/a") == "GET, HEAD, OPTIONS");
  CHECK(find(matcher, "OPTIONS", "/a") == "0 *a");
  CHECK(find(matcher, "OPTIONS", "/nothing") == "0 *nothing");
  CHECK(find(matcher, "GET", "/b/c") == "other method");
}

TEST_CASE("routes: a catch-all for every method does not hide that a path is served for other methods") {
  RouteMatcher matcher;
  matcher.add("*", "/*", 0);
  matcher.add("GET", "/users/{id}", 1);
  matcher.add("DELETE", "/users/*", 2);
  matcher.add("OPTIONS", "/plain", 3);

  CHECK(find(matcher, "GET", "/users/7") == "1 id=7");
  CHECK(find(matcher, "DELETE", "/users/7") == "2 *7");  // for this very method
  CHECK(find(matcher, "PUT", "/users/7") == "other method");
  CHECK(matcher.allowed("/users/7") == "DELETE, GET, HEAD");
  CHECK(find(matcher, "PUT", "/users/7/8") == "other method");
  CHECK(find(matcher, "PUT", "/other") == "0 *other");
  CHECK(find(matcher, "GET", "/plain") == "0 *plain");  // nothing but OPTIONS is more specific
}

TEST_CASE("routes: a known method in the wrong case is refused (RFC 9110 §9.1)") {
  for (const char* methods : {"get", "Get", "GET,post", "options", "propfind"}) {
    CAPTURE(methods);
    RouteMatcher matcher;
    CHECK_THROWS_AS(matcher.add(methods, "/", 0), std::invalid_argument);
  }
  RouteMatcher matcher;
  matcher.add("M-SEARCH,custom", "/", 0);  // nobody's slip: other methods are as they are
  CHECK(find(matcher, "custom", "/") == "0");
  CHECK_THROWS_WITH_AS(matcher.add("get", "/a", 0),
                       "method \"get\": methods are case-sensitive (RFC 9110 §9.1), it is \"GET\"",
                       std::invalid_argument);
}
