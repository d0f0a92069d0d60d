#include "proto/head_rules.h"

#include <doctest/doctest.h>

using namespace zeroway;
using namespace std::string_view_literals;

namespace {

Head get(std::initializer_list<Field> more = {}) {
  Head head{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
  for (const Field& field : more) head.add(field.name, field.value);
  return head;
}

Head reply(std::initializer_list<Field> more) {
  Head head{{":status", "200"}};
  for (const Field& field : more) head.add(field.name, field.value);
  return head;
}

std::string complaint(const Result<>& result) { return result ? "" : result.error().detail; }

}  // namespace

TEST_CASE("head rules: an ordinary request is legal, with and without authority") {
  CHECK(check_request_head(get({{"accept", "*/*"}, {"te", "trailers"}})).has_value());
  CHECK(check_request_head({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}}).has_value());
}

TEST_CASE("head rules: a wrong request is the client's, a wrong reply the worker's") {
  const auto request = check_request_head({});
  REQUIRE_FALSE(request.has_value());
  CHECK(request.error().fault == Fault::client);
  CHECK(request.error().code == Code::bad_request);
  const auto answer = check_reply_head({});
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().fault == Fault::backend);
  CHECK(answer.error().code == Code::backend_protocol);
}

TEST_CASE("head rules: method, scheme and path are there (RFC 9113 §8.3.1)") {
  CHECK_FALSE(check_request_head({{":scheme", "http"}, {":path", "/"}}).has_value());
  CHECK_FALSE(check_request_head({{":method", "GET"}, {":path", "/"}}).has_value());
  CHECK_FALSE(check_request_head({{":method", "GET"}, {":scheme", "http"}}).has_value());
  CHECK_FALSE(check_request_head({{":method", "G T"}, {":scheme", "http"}, {":path", "/"}}).has_value());
}

TEST_CASE("head rules: a path starts with a slash, or is * for OPTIONS") {
  CHECK_FALSE(check_request_head({{":method", "GET"}, {":scheme", "http"}, {":path", ""}}).has_value());
  CHECK_FALSE(check_request_head({{":method", "GET"}, {":scheme", "http"}, {":path", "x"}}).has_value());
  CHECK_FALSE(check_request_head({{":method", "GET"}, {":scheme", "http"}, {":path", "*"}}).has_value());
  CHECK(check_request_head({{":method", "OPTIONS"}, {":scheme", "http"}, {":path", "*"}}).has_value());
}

TEST_CASE("head rules: CONNECT has an authority and neither scheme nor path (RFC 9113 §8.5)") {
  CHECK(check_request_head({{":method", "CONNECT"}, {":authority", "a:1"}}).has_value());
  CHECK_FALSE(check_request_head({{":method", "CONNECT"}}).has_value());
  CHECK_FALSE(check_request_head({{":method", "CONNECT"}, {":authority", "a:1"}, {":path", "/"}}).has_value());
  CHECK_FALSE(check_request_head({{":method", "CONNECT"}, {":authority", "a:1"}, {":scheme", "http"}}).has_value());
}

TEST_CASE("head rules: extended CONNECT has all of them (RFC 8441 §4)") {
  const Head whole{
      {":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/ws"}};
  CHECK(check_request_head(whole).has_value());
  for (const char* name : {":scheme", ":authority", ":path"}) {
    Head part = whole;
    CHECK(part.remove(name) == 1);
    CHECK_FALSE(check_request_head(part).has_value());
  }
  Head get_with_protocol = get();
  CHECK(get_with_protocol.remove(":path") == 1);
  get_with_protocol.add(":protocol", "websocket");
  get_with_protocol.add(":path", "/");
  CHECK(complaint(check_request_head(get_with_protocol)) == ":protocol without CONNECT");
}

TEST_CASE("head rules: pseudo-fields come first, once, and are known (RFC 9113 §8.3)") {
  CHECK(complaint(check_request_head(get({{"a", "1"}, {":protocol", "x"}}))) ==
        "field :protocol comes after other fields");
  CHECK(complaint(check_request_head(get({{":path", "/"}}))) == "field :path comes twice");
  CHECK(complaint(check_request_head(get({{":status", "200"}}))) == "field :status is not known here");
  CHECK(complaint(check_request_head(get({{":", ""}}))) == "field : is not known here");
  CHECK(complaint(check_reply_head(reply({{":status", "200"}}))) == "field :status comes twice");
  CHECK(complaint(check_reply_head(reply({{":path", "/"}}))) == "field :path is not known here");
  CHECK(complaint(check_reply_head({{"a", "1"}, {":status", "200"}})) == "field :status comes after other fields");
}

TEST_CASE("head rules: names are lower-case tokens (RFC 9113 §8.2.1)") {
  CHECK(check_reply_head(reply({{"x-a_b.c!#$%&'*+^`|~9", "1"}})).has_value());
  for (const std::string_view name :
       {""sv, "A"sv, "a b"sv, "a:"sv, "a\0b"sv, "a\r"sv, "\xc3\xa9"sv, "a("sv, "a\x7f"sv}) {
    CHECK_FALSE(check_reply_head(reply({{name, "1"}})).has_value());
    CHECK_FALSE(check_request_head(get({{name, "1"}})).has_value());
    CHECK_FALSE(check_trailers({{name, "1"}}).has_value());
  }
}

TEST_CASE("head rules: values have no control characters but tabs; pseudo-fields' neither (RFC 9110 §5.5)") {
  for (const std::string_view value : {"a\rb"sv, "a\nb"sv, "a\0b"sv, "\r\nx: y"sv, "a\x01"sv, "\x7f"sv}) {
    CHECK_FALSE(check_reply_head(reply({{"a", value}})).has_value());
    CHECK_FALSE(check_request_head(get({{"a", value}})).has_value());
    CHECK_FALSE(check_trailers({{"a", value}}).has_value());
    Head head = get();
    head.set(":authority", value);
    CHECK_FALSE(check_request_head(head).has_value());
  }
  CHECK(check_reply_head(reply({{"a", "\t\x80\xff b"}})).has_value());
}

TEST_CASE("head rules: each byte of a value is looked at, wherever it stands") {
  for (int byte = 0; byte < 256; ++byte) {
    const bool is_allowed = byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    for (std::size_t size = 1; size < 27; ++size) {
      for (std::size_t at = 0; at < size; ++at) {
        for (const char around : {'a', '\t', ' ', '\x80', '\xff'}) {
          std::string value(size, around);
          value[at] = static_cast<char>(byte);
          if (is_field_value(value) != is_allowed) FAIL("byte ", byte, " at ", at, " of ", size);
        }
      }
    }
  }
}

TEST_CASE("head rules: no field is about one connection (RFC 9113 §8.2.2)") {
  for (const char* name : {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}) {
    CHECK(is_connection_specific(name));
    CHECK(complaint(check_request_head(get({{name, "x"}}))) ==
          std::string("field ") + name + " is connection-specific");
    CHECK_FALSE(check_reply_head(reply({{name, "x"}})).has_value());
    CHECK_FALSE(check_trailers({{name, "x"}}).has_value());
  }
  CHECK_FALSE(is_connection_specific("host"));
  CHECK_FALSE(check_request_head(get({{"te", "gzip"}})).has_value());
  CHECK_FALSE(check_request_head(get({{"te", "trailers, gzip"}})).has_value());
}

TEST_CASE("head rules: a status is 100 to 999 and never 101") {
  for (const char* status : {"100", "103", "200", "599", "999"})
    CHECK(check_reply_head({{":status", status}}).has_value());
  for (const char* status : {"101", "099", "20", "2000", "abc", ""}) {
    CHECK_FALSE(check_reply_head({{":status", status}}).has_value());
  }
  CHECK_FALSE(check_reply_head({}).has_value());
}

TEST_CASE("head rules: trailers have no pseudo-field") {
  CHECK(check_trailers({}).has_value());
  CHECK(check_trailers({{"checksum", "1"}}).has_value());
  CHECK(complaint(check_trailers({{":status", "200"}})) == "trailers: field :status is not known here");
}

TEST_CASE("head rules: a peer's name reaches the log short and visible") {
  const auto result = check_trailers({{std::string(1000, 'N') + "\r\n", "1"}});
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().detail.size() < 120);
  CHECK(complaint(check_trailers({{"a\nb", "1"}})) == "trailers: field a?b is no lower-case token");
}

TEST_CASE("head rules: a token is one or more of RFC 9110's token characters") {
  CHECK(is_token("GET"));
  CHECK(is_token("!#$%&'*+-.^_`|~09azAZ"));
  for (const std::string_view text : {""sv, " "sv, "a b"sv, "a/b"sv, "a\0"sv, "\x80"sv, "a,b"sv, "\"a\""sv}) {
    CHECK_FALSE(is_token(text));
  }
}
