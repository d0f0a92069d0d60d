// The head as one server gets it.
#include "router/backends/origin_head.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {

std::string text_of(const Head& head) {
  std::string text;
  for (const Field field : head) text.append(field.name).append("=").append(field.value).append(" ");
  return text;
}

std::string written(const Head& head, const OriginTerms& terms) {
  Head out;
  write_origin_head(head, terms, out);
  return text_of(out);
}

const Head kRequest{{":method", "GET"}, {":scheme", "http"}, {":path", "/a?b"}, {":authority", "site"}, {"x", "y"}};

}  // namespace

TEST_CASE("origin head: with the client's host and no base path, the server gets the head as it is") {
  CHECK(fits(kRequest, {.authority = "a:80"}));
  CHECK_FALSE(fits(kRequest, {.authority = "a:80", .preserve_host = false}));
  CHECK_FALSE(fits(kRequest, {.authority = "a:80", .base_path = "/base"}));
  CHECK_FALSE(fits(kRequest, {.authority = "a:80", .scheme = "https"}));
  CHECK(fits(kRequest, {.authority = "a:80", .scheme = "http"}));
}

TEST_CASE("origin head: host, path and scheme are changed in their places") {
  CHECK(written(kRequest, {.authority = "a:80", .base_path = "/base", .scheme = "https", .preserve_host = false}) ==
        ":method=GET :scheme=https :path=/base/a?b :authority=a:80 x=y ");
}

TEST_CASE("origin head: a request without a host gets the server's, before the fields") {
  const Head head{{":method", "GET"}, {":path", "/"}, {"x", "y"}};
  CHECK_FALSE(fits(head, {.authority = "a"}));
  CHECK(written(head, {.authority = "a"}) == ":method=GET :path=/ :authority=a x=y ");
  CHECK(written(Head{{":method", "GET"}}, {.authority = "a"}) == ":method=GET :authority=a ");
}

TEST_CASE("origin head: the asterisk of OPTIONS is below no base path") {
  const Head head{{":method", "OPTIONS"}, {":path", "*"}, {":authority", "site"}};
  CHECK(written(head, {.authority = "a", .base_path = "/base"}) == ":method=OPTIONS :path=* :authority=site ");
}

TEST_CASE("origin head: a server's own host has its port unless that is the scheme's, and brackets for IPv6") {
  ServerSpec server;
  server.host = "a";
  CHECK(authority_of(server) == "a");
  server.port = 8080;
  CHECK(authority_of(server) == "a:8080");
  server.host = "::1";
  CHECK(authority_of(server) == "[::1]:8080");
  server.scheme = ServerSpec::Scheme::https;
  server.port = 443;
  CHECK(authority_of(server) == "[::1]");
  server.scheme = ServerSpec::Scheme::unix_socket;
  CHECK(authority_of(server) == "localhost");
}
