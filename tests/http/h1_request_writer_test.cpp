#include "router/http/h1_request_writer.h"

#include <doctest/doctest.h>

#include "tests/http/case_file.h"

namespace zeroway::test {
namespace {

Head request(std::string_view method, std::initializer_list<Field> fields) {
  Head head{{":method", method}, {":scheme", "http"}, {":authority", "a:80"}, {":path", "/x?y=1"}};
  for (const Field& field : fields) head.add(field.name, field.value);
  return head;
}

std::string written(const Head& head, Last last, std::string_view body = {}, const Head& trailers = {}) {
  H1RequestWriter writer;
  std::string out;
  writer.head(head, last, out);
  writer.data(as_bytes(body), out);
  writer.end(trailers, out);
  return escape(out);
}

TEST_CASE("request writer: the host comes first, from :authority, and a second host is dropped") {
  CHECK(written(request("GET", {{"accept", "*/*"}, {"host", "b"}}), Last::yes) ==
        "GET /x?y=1 HTTP/1.1\\r\\nhost: a:80\\r\\naccept: */*\\r\\n\\r\\n");
  const Head no_authority{{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {"host", "b"}};
  CHECK(written(no_authority, Last::yes) == "GET / HTTP/1.1\\r\\nhost: b\\r\\n\\r\\n");
  const Head no_host{{":method", "OPTIONS"}, {":scheme", "http"}, {":path", "*"}};
  CHECK(written(no_host, Last::yes) == "OPTIONS * HTTP/1.1\\r\\nhost: \\r\\n\\r\\n");
}

TEST_CASE("request writer: a body with its length, and trailers are dropped then") {
  CHECK(written(request("PUT", {{"content-length", "5"}}), Last::no, "hello", Head{{"x", "1"}}) ==
        "PUT /x?y=1 HTTP/1.1\\r\\nhost: a:80\\r\\ncontent-length: 5\\r\\n\\r\\nhello");
}

TEST_CASE("request writer: a body without a length is chunked, and may have trailers") {
  const Head trailers{{"x-sum", "1"}, {"content-length", "9"}, {"host", "b"}, {"transfer-encoding", "x"}};
  CHECK(written(request("POST", {{"trailer", "x-sum"}}), Last::no, "hello world 16 b", trailers) ==
        "POST /x?y=1 HTTP/1.1\\r\\nhost: a:80\\r\\ntrailer: x-sum\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n"
        "10\\r\\nhello world 16 b\\r\\n0\\r\\nx-sum: 1\\r\\n\\r\\n");
  CHECK(written(request("GET", {}), Last::no) ==
        "GET /x?y=1 HTTP/1.1\\r\\nhost: a:80\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n");
}

TEST_CASE("request writer: without a body, only methods that usually have one say a length of 0 (RFC 9110 §8.6)") {
  for (const char* method : {"POST", "PUT", "PATCH"}) {
    CHECK(written(request(method, {}), Last::yes).find("content-length: 0\\r\\n\\r\\n") != std::string::npos);
  }
  for (const char* method : {"GET", "HEAD", "DELETE", "OPTIONS", "PROPFIND"}) {
    CHECK(written(request(method, {}), Last::yes).find("content-length") == std::string::npos);
  }
  CHECK(written(request("GET", {{"content-length", "7"}}), Last::yes).find("content-length: 0\\r\\n\\r\\n") !=
        std::string::npos);
}

TEST_CASE("request writer: lengths that contradict each other are no length") {
  CHECK(
      written(request("PUT", {{"content-length", "5"}, {"content-length", "6"}}), Last::no, "hello") ==
      "PUT /x?y=1 HTTP/1.1\\r\\nhost: a:80\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n5\\r\\nhello\\r\\n0\\r\\n\\r\\n");
}

TEST_CASE("request writer: the crumbs of a cookie are joined (RFC 9113 §8.2.3)") {
  CHECK(written(request("GET", {{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2"}, {"cookie", "c=3"}}), Last::yes) ==
        "GET /x?y=1 HTTP/1.1\\r\\nhost: a:80\\r\\ncookie: a=1; b=2; c=3\\r\\nx: y\\r\\n\\r\\n");
}

TEST_CASE("request writer: fields of the connection stay here, TE is listed, repeated fields stay apart") {
  const auto head = request("GET", {{"connection", "x"},
                                    {"keep-alive", "1"},
                                    {"proxy-connection", "1"},
                                    {"transfer-encoding", "gzip"},
                                    {"upgrade", "h2c"},
                                    {"http2-settings", "AAA"},
                                    {"te", "trailers"},
                                    {"via", "1"},
                                    {"via", "2"}});
  CHECK(
      written(head, Last::yes) ==
      "GET /x?y=1 HTTP/1.1\\r\\nhost: a:80\\r\\nvia: 1\\r\\nvia: 2\\r\\nte: trailers\\r\\nconnection: te\\r\\n\\r\\n");
}

TEST_CASE("request writer: an expectation is passed on, but not without a body (RFC 9110 §10.1.1)") {
  const auto head = request("PUT", {{"expect", "100-continue"}, {"content-length", "1"}});
  CHECK(written(head, Last::no, "x").find("expect: 100-continue\\r\\n") != std::string::npos);
  CHECK(written(head, Last::yes).find("expect") == std::string::npos);
}

TEST_CASE("request writer: nothing in a head can begin a new line or a new request") {
  const Head head{{":method", "GET\r\nX: 1"},
                  {":scheme", "http"},
                  {":authority", "a\r\nX: 2"},
                  {":path", "/a b\r\nX: 3\t#f\x7f"},
                  {"ok", "1"},
                  {"x", "a\r\nX: 4"},
                  {"x\r\ny", "5"},
                  {"cookie", "a\nX: 6"},
                  {"expect", "100-continue\r\nX: 7"},
                  {"", "8"}};
  CHECK(written(head, Last::no, "", Head{{"t", "\rX: 9"}}) ==
        "GETX1 /a%20b%0D%0AX:%203%09%23f%7F HTTP/1.1\\r\\nok: 1\\r\\ntransfer-encoding: "
        "chunked\\r\\n\\r\\n0\\r\\n\\r\\n");
}

TEST_CASE("request writer: a body that is not as long as promised never makes the request complete") {
  for (const std::string_view body : {"hell", "hello!"}) {
    H1RequestWriter writer;
    std::string out;
    writer.head(request("PUT", {{"content-length", "5"}}), Last::no, out);
    out.clear();
    writer.data(as_bytes(body), out);
    writer.end(Head{}, out);
    CHECK(out == body.substr(0, 5));
    CHECK(writer.is_broken());
  }
}

TEST_CASE("request writer: a request is complete with its last byte") {
  H1RequestWriter writer;
  std::string out;
  writer.head(request("GET", {}), Last::yes, out);
  CHECK(writer.is_complete());
  writer.head(request("PUT", {{"content-length", "5"}}), Last::no, out);
  writer.data(as_bytes("hell"), out);
  CHECK_FALSE(writer.is_complete());
  writer.data(as_bytes("o"), out);
  CHECK(writer.is_complete());
  writer.head(request("PUT", {}), Last::no, out);
  writer.data(as_bytes("hello"), out);
  CHECK_FALSE(writer.is_complete());
  writer.end(Head{}, out);
  CHECK(writer.is_complete());
  CHECK_FALSE(writer.is_broken());
}

TEST_CASE("request writer: a WebSocket's CONNECT becomes a handshake (RFC 6455 §4.1)") {
  const Head head{{":method", "CONNECT"},
                  {":protocol", "websocket"},
                  {":scheme", "https"},
                  {":authority", "a"},
                  {":path", "/chat?x=1"},
                  {"origin", "https://a"},
                  {"sec-websocket-protocol", "chat, superchat"},
                  {"sec-websocket-key", "theirs"},
                  {"sec-websocket-version", "8"},
                  {"sec-websocket-extensions", "permessage-deflate"},
                  {"cookie", "a=1"},
                  {"cookie", "b=2"}};
  H1RequestWriter writer;
  std::string out;
  writer.web_socket(head, "b3Vycw==", out);
  CHECK(escape(out) ==
        "GET /chat?x=1 HTTP/1.1\\r\\nhost: a\\r\\nupgrade: websocket\\r\\nconnection: upgrade\\r\\n"
        "sec-websocket-version: 13\\r\\nsec-websocket-key: b3Vycw==\\r\\norigin: https://a\\r\\n"
        "sec-websocket-protocol: chat, superchat\\r\\ncookie: a=1; b=2\\r\\n\\r\\n");
  CHECK(writer.is_complete());
}

}  // namespace
}  // namespace zeroway::test
