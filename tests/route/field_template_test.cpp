#include "router/route/field_template.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace zeroway;

namespace {

const FieldValues kValues{.remote_addr = "2001:db8::1",
                          .host = "shop.test",
                          .scheme = "https",
                          .request_id = "id-7",
                          .method = "GET",
                          .path = "/a/b",
                          .query = "x=1&y",
                          .site = "main",
                          .backend = "api",
                          .tls_version = "TLSv1.3"};

std::string written(std::string_view text, const FieldValues& values = kValues) {
  const auto made = FieldTemplate::read(text);
  if (!made.has_value()) return "! " + made.error().detail;
  std::string out = "before:";
  made->write(values, out);
  CHECK(out.starts_with("before:"));
  return out.substr(7);
}

}  // namespace

TEST_CASE("field template: each variable stands for its value") {
  CHECK(written("$remote_addr") == "2001:db8::1");
  CHECK(written("$host") == "shop.test");
  CHECK(written("$scheme") == "https");
  CHECK(written("$request_id") == "id-7");
  CHECK(written("$method") == "GET");
  CHECK(written("$path") == "/a/b");
  CHECK(written("$query") == "x=1&y");
  CHECK(written("$site") == "main");
  CHECK(written("$upstream") == "api");
  CHECK(written("$tls_version") == "TLSv1.3");
}

TEST_CASE("field template: literals and variables in any mixture") {
  CHECK(written("") == "");
  CHECK(written("plain; text=\"1\"") == "plain; text=\"1\"");
  CHECK(written("$scheme://$host$path?$query") == "https://shop.test/a/b?x=1&y");
  CHECK(written("$host.$host-$host") == "shop.test.shop.test-shop.test");
  CHECK(written("caf\xc3\xa9 $site") == "caf\xc3\xa9 main");
  CHECK(written("$site", {}) == "");
}

TEST_CASE("field template: two dollars are one, and begin no variable") {
  CHECK(written("$$") == "$");
  CHECK(written("$$host") == "$host");
  CHECK(written("$$$host$$") == "$shop.test$");
  CHECK(written("100$$") == "100$");
}

TEST_CASE("field template: an unknown variable is an error that names it and what fits") {
  const std::string fits =
      ": there are $remote_addr, $host, $scheme, $request_id, $method, $path, $query, $site, $upstream, $tls_version, "
      "and $$ for a dollar";
  CHECK(written("a $hosts b") == "! unknown variable $hosts" + fits);
  CHECK(written("$Host") == "! unknown variable $Host" + fits);
  CHECK(written("$1") == "! unknown variable $1" + fits);
  CHECK(written("$host_name") == "! unknown variable $host_name" + fits);
  CHECK(written("price: $") == "! a '$' without a name" + fits);
  CHECK(written("$ host") == "! a '$' without a name" + fits);
  CHECK(written("${host}") == "! a '$' without a name" + fits);
}

TEST_CASE("field template: nothing that a request holds can end the field and begin another one") {
  const std::string_view evil("/a\r\nSet-Cookie: x\0\x7f\t\x1b[m", 23);
  for (const char* text : {"$path", "$query", "$host", "$request_id"}) {
    const std::string value = written(text, {.host = evil, .request_id = evil, .path = evil, .query = evil});
    CHECK(value == "/aSet-Cookie: x[m");
  }
  for (const std::string& text : {std::string("a\r\nb"), std::string("a\tb"), std::string("a\0", 2)})
    CHECK(written(text) == "! a control character in a field's value");
}

TEST_CASE("field template: a value without variables is the same for each request") {
  CHECK(FieldTemplate::read("a$$b")->is_constant());
  CHECK(FieldTemplate::read("")->is_constant());
  CHECK_FALSE(FieldTemplate::read("$host")->is_constant());
}
