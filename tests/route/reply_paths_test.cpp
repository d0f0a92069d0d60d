#include "router/route/reply_paths.h"

#include <doctest/doctest.h>

#include <string>

using namespace zeroway;

namespace {

constexpr PathMove kPrefix{"", "/api"}, kBase{"/v1", ""}, kBoth{"/v1", "/api"};
constexpr UrlHost kClients{"shop.test:8443"}, kServers{"10.0.0.7:3001", UrlHost::Known::no};

std::string url(std::string_view text, const PathMove& move, const UrlHost& host = kClients) {
  return moved_url(text, move, host).value_or("as it is");
}

std::string cookie(std::string_view text, const PathMove& move = kPrefix) {
  return moved_cookie(text, move).value_or("as it is");
}

std::string text_of(const Head& head) {
  std::string text;
  for (const Field field : head) text.append(field.name).append("=").append(field.value).append("|");
  return text;
}

}  // namespace

TEST_CASE("reply paths: a path gets the prefix that was taken off") {
  CHECK(url("/", kPrefix) == "/api/");
  CHECK(url("/login?next=/x#top", kPrefix) == "/api/login?next=/x#top");
  CHECK(url("/apis", kPrefix) == "/api/apis");
}

TEST_CASE("reply paths: a path that has the prefix already keeps it once, for the backend knew the prefix") {
  for (const char* path : {"/api", "/api/login", "/api?x", "/api#x"}) CHECK(url(path, kPrefix) == "as it is");
}

TEST_CASE("reply paths: a base path is taken off, and what is not below it stays") {
  CHECK(url("/v1/x?q", kBase) == "/x?q");
  CHECK(url("/v1", kBase) == "/");
  CHECK(url("/v1?q", kBase) == "/?q");
  CHECK(url("/v10/x", kBase) == "as it is");
  CHECK(url("/v1/x", kBoth) == "/api/x");
  CHECK(url("/v1", kBoth) == "/api");
}

TEST_CASE("reply paths: URLs of the same host are moved, and those of other hosts stay") {
  CHECK(url("https://shop.test:8443/login", kPrefix) == "https://shop.test:8443/api/login");
  CHECK(url("http://Shop.Test:8443", kPrefix) == "http://Shop.Test:8443/api/");
  CHECK(url("//shop.test:8443/x", kPrefix) == "//shop.test:8443/api/x");
  for (const char* text : {"https://other.test/login", "https://shop.test/x", "//other.test/x", "https://", "//"})
    CHECK(url(text, kPrefix) == "as it is");
}

TEST_CASE("reply paths: a server's own URL becomes a path, also where nothing is moved") {
  CHECK(url("http://10.0.0.7:3001/v1/x", kBase, kServers) == "/x");
  CHECK(url("http://10.0.0.7:3001/x", kBase, kServers) == "/x");
  CHECK(url("http://10.0.0.7:3001", {}, kServers) == "/");
  CHECK(url("http://10.0.0.7:3001?q", {}, kServers) == "/?q");
  CHECK(url("http://10.0.0.8:3001/x", {}, kServers) == "as it is");
}

TEST_CASE("reply paths: what is relative to the request's path stays") {
  for (const char* text : {"", "login", "../x", "?q", "#top", "mailto:a@b.test", "ftp://shop.test/x"})
    CHECK(url(text, kPrefix) == "as it is");
}

TEST_CASE("reply paths: no path becomes a URL of another host") {
  CHECK(url("/v1//evil.test/x", kBase) == "/evil.test/x");
  CHECK(url("/v1/\\evil.test", kBase) == "/evil.test");
  CHECK(url("http://10.0.0.7:3001//evil.test/x", {}, kServers) == "/evil.test/x");
}

TEST_CASE("reply paths: the Path of a cookie is moved, and all else of it stays") {
  CHECK(cookie("sid=1; Path=/; Secure; HttpOnly") == "sid=1; Path=/api; Secure; HttpOnly");
  CHECK(cookie("sid=1;path=/a/b") == "sid=1; Path=/api/a/b");
  CHECK(cookie("sid=1; PATH = /x") == "as it is");  // no name may have a space (RFC 6265 §4.1.1)
  CHECK(cookie("path=/x; Path=/y") == "path=/x; Path=/api/y");
  CHECK(cookie("sid=1; Path=/v1/x", kBase) == "sid=1; Path=/x");
  for (const char* text : {"sid=1", "sid=1; Path", "sid=1; Path=", "sid=1; Path=x", "sid=1; Path=/api", "path=/x", ""})
    CHECK(cookie(text) == "as it is");
}

TEST_CASE("reply paths: a __Host- cookie keeps Path=/, without which browsers refuse it") {
  CHECK(cookie("__Host-sid=1; Path=/; Secure") == "as it is");
  CHECK(cookie("__host-sid=1; Path=/; Secure") == "as it is");
}

TEST_CASE("reply paths: each cookie of a head is moved, in order, and other fields stay") {
  Head reply{{":status", "302"}, {"set-cookie", "a=1; Path=/"}, {"x", "/"}, {"set-cookie", "b=2"}, {"location", "/y"}};
  move_locations(reply, kPrefix, kClients);
  move_cookies(reply, kPrefix);
  CHECK(text_of(reply) == ":status=302|x=/|location=/api/y|set-cookie=a=1; Path=/api|set-cookie=b=2|");
  Head plain{{":status", "200"}, {"set-cookie", "b=2"}, {"x", "y"}};
  move_locations(plain, kPrefix, kClients);
  move_cookies(plain, kPrefix);
  CHECK(text_of(plain) == ":status=200|set-cookie=b=2|x=y|");
}

TEST_CASE("reply paths: Content-Location is moved as Location is") {
  Head reply{{":status", "201"}, {"content-location", "/v1/made"}};
  move_locations(reply, kBoth, kClients);
  CHECK(text_of(reply) == ":status=201|content-location=/api/made|");
}
