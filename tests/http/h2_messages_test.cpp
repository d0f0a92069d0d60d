// Every MUST of RFC 9113 §8 that a server can be asked: what is a request, and what is malformed.
#include <doctest/doctest.h>

#include "tests/http/h2_bench.h"
#include "tests/http/h2_cases.h"

using namespace zeroway;
using namespace zeroway::test::h2;

namespace {

const std::vector<Pair> kChatFields{{":method", "CONNECT"},     {":scheme", "http"},
                                    {":authority", "a.test"},   {":path", "/chat"},
                                    {":protocol", "websocket"}, {"sec-websocket-version", "13"}};

std::string chat(std::string_view left_out) { return headers(1, without(kChatFields, left_out), kEndHeaders); }
std::string get_as_authority(const std::string& name, const std::vector<Pair>& more) {
  return headers(1, with(with(without(kGet, ":authority"), {{":authority", name}}), more), kWhole);
}

const std::vector<Case> kMessages{
    {"8.1", "a request", {get(1)}, kReply1},
    {"8.1", "a second HEADERS without END_STREAM", {post(1) + headers(1, {{"x", "y"}}, kEndHeaders)}, kMalformed},
    {"8.1", "trailers", {post(1) + data(1, "x") + headers(1, {{"x", "y"}}, kWhole)}, kReply1},
    {"8.1",
     "a pseudo-field in trailers",
     {post(1) + data(1, "x") + headers(1, {{":method", "GET"}}, kWhole)},
     kMalformed},
    {"8.1.1",
     "content-length above the body",
     {post_with({{"content-length", "2"}}) + data(1, "x", kEndStream)},
     kMalformed},
    {"8.1.1",
     "content-length below the body",
     {post_with({{"content-length", "1"}}) + data(1, "x") + data(1, "y", kEndStream)},
     kMalformed},
    {"8.1.1", "content-length and no body", {get_with({{"content-length", "1"}})}, kMalformed},
    {"8.1.1",
     "content-length below the body, with trailers",
     {post_with({{"content-length", "1"}}) + data(1, "xy") + headers(1, {{"x", "y"}}, kWhole)},
     kMalformed},
    {"8.1.1",
     "content-length that is the body's",
     {post_with({{"content-length", "1"}}) + data(1, "x", kEndStream)},
     kReply1},
    {"8.1.1", "content-length that is no number", {post_with({{"content-length", "x"}})}, kMalformed},
    {"8.1.1", "content-length twice", {post_with({{"content-length", "1"}, {"content-length", "1"}})}, kMalformed},
    {"8.2", "a name in upper case", {get_with({{"X-Test", "a"}})}, kMalformed},
    {"8.2.1", "an empty name", {get_with({{"", "a"}})}, kMalformed},
    {"8.2.1", "a name with a space", {get_with({{"a b", "a"}})}, kMalformed},
    {"8.2.1", "a name with a colon", {get_with({{"a:b", "a"}})}, kMalformed},
    {"8.2.1", "a name with a control", {get_with({{"a\x01", "a"}})}, kMalformed},
    {"8.2.1", "a name with a byte above 0x7f", {get_with({{"a\xff", "a"}})}, kMalformed},
    {"8.2.1", "a value with CR", {get_with({{"a", "b\rc"}})}, kMalformed},
    {"8.2.1", "a value with LF", {get_with({{"a", "b\nc"}})}, kMalformed},
    {"8.2.1", "a value with NUL", {get_with({{"a", std::string("b\0c", 3)}})}, kMalformed},
    {"8.2.1", "a value that begins with a space", {get_with({{"a", " b"}})}, kMalformed},
    {"8.2.1", "a value that ends with a tab", {get_with({{"a", "b\t"}})}, kMalformed},
    {"8.2.1", "a value that begins with a tab", {get_with({{"a", "\tb"}})}, kMalformed},
    {"8.2.1", "a value that ends with a space", {get_with({{"a", "b "}})}, kMalformed},
    {"8.2.1", "a value of one space", {get_with({{"a", " "}})}, kMalformed},
    {"8.2.1", "a value with a space and a tab inside", {get_with({{"a", "b \tc"}})}, kReply1},
    {"8.2.1", "an empty value", {get_with({{"a", ""}})}, kReply1},
    {"8.2.1", "CR in trailers", {post(1) + headers(1, {{"a", "b\rc"}}, kWhole)}, kMalformed},
    {"8.2.1", "a name in upper case in trailers", {post(1) + headers(1, {{"A", "b"}}, kWhole)}, kMalformed},
    {"8.2.1", "LF in :path", {headers(1, with(without(kGet, ":path"), {{":path", "/a\nb"}}), kWhole)}, kMalformed},
    {"8.2.1",
     "NUL in :authority",
     {headers(1, with(without(kGet, ":authority"), {{":authority", std::string("a\0b", 3)}}), kWhole)},
     kMalformed},
    {"8.2.1", "a value with bytes above 0x7f", {get_with({{"a", "\xc3\xa4"}})}, kReply1},
    {"8.2.2", "connection", {get_with({{"connection", "keep-alive"}})}, kMalformed},
    {"8.2.2", "keep-alive", {get_with({{"keep-alive", "timeout=5"}})}, kMalformed},
    {"8.2.2", "proxy-connection", {get_with({{"proxy-connection", "keep-alive"}})}, kMalformed},
    {"8.2.2", "transfer-encoding", {get_with({{"transfer-encoding", "chunked"}})}, kMalformed},
    {"8.2.2", "upgrade", {get_with({{"upgrade", "h2c"}})}, kMalformed},
    {"8.2.2", "te other than trailers", {get_with({{"te", "trailers, deflate;q=0.5"}})}, kMalformed},
    {"8.2.2", "te: trailers", {get_with({{"te", "trailers"}})}, kReply1},
    {"8.2.2", "te: gzip", {get_with({{"te", "gzip"}})}, kMalformed},
    {"8.2.2",
     "transfer-encoding in trailers",
     {post(1) + headers(1, {{"transfer-encoding", "chunked"}}, kWhole)},
     kMalformed},
    {"8.2.2", "connection in trailers", {post(1) + headers(1, {{"connection", "close"}}, kWhole)}, kMalformed},
    {"8.3", "an unknown pseudo-field", {get_with({{":test", "ok"}})}, kMalformed},
    {"8.3", "a reply's pseudo-field in trailers", {post(1) + headers(1, {{":status", "200"}}, kWhole)}, kMalformed},
    {"8.3", "a reply's pseudo-field", {get_with({{":status", "200"}})}, kMalformed},
    {"8.3",
     "a pseudo-field behind a field",
     {headers(1,
              with({{":method", "GET"}, {":scheme", "http"}, {":authority", "a.test"}, {"x", "y"}}, {{":path", "/"}}),
              kWhole)},
     kMalformed},
    {"8.3.1", "an empty :path", {headers(1, with(without(kGet, ":path"), {{":path", ""}}), kWhole)}, kMalformed},
    {"8.3.1", "an empty :method", {headers(1, with({{":method", ""}}, without(kGet, ":method")), kWhole)}, kMalformed},
    {"8.3.1",
     "a :method that is no token",
     {headers(1, with({{":method", "G T"}}, without(kGet, ":method")), kWhole)},
     kMalformed},
    {"8.3.1",
     "an empty :authority",
     {headers(1, with(without(kGet, ":authority"), {{":authority", ""}}), kWhole)},
     kMalformed},
    {"8.3.1", "no :method", {headers(1, without(kGet, ":method"), kWhole)}, kMalformed},
    {"8.3.1", "no :scheme", {headers(1, without(kGet, ":scheme"), kWhole)}, kMalformed},
    {"8.3.1", "no :path", {headers(1, without(kGet, ":path"), kWhole)}, kMalformed},
    {"8.3.1", ":method twice", {headers(1, with({{":method", "GET"}}, kGet), kWhole)}, kMalformed},
    {"8.3.1", ":scheme twice", {headers(1, with({{":scheme", "http"}}, kGet), kWhole)}, kMalformed},
    {"8.3.1", ":path twice", {headers(1, with({{":path", "/"}}, kGet), kWhole)}, kMalformed},
    {"8.3.1", ":authority twice", {headers(1, with({{":authority", "a.test"}}, kGet), kWhole)}, kMalformed},
    {"8.3.1",
     "a :path that does not begin with /",
     {headers(1, with(without(kGet, ":path"), {{":path", "x"}}), kWhole)},
     kMalformed},
    {"8.3.1",
     ":path * of OPTIONS",
     {headers(1, {{":method", "OPTIONS"}, {":scheme", "http"}, {":authority", "a.test"}, {":path", "*"}}, kWhole)},
     kReply1},
    {"8.3.1", ":path * of GET", {headers(1, with(without(kGet, ":path"), {{":path", "*"}}), kWhole)}, kMalformed},
    {"8.3.1",
     ":path with a space",
     {headers(1, with(without(kGet, ":path"), {{":path", "/a b"}}), kWhole)},
     kMalformed},
    {"8.3.1",
     ":path with a fragment, as in HTTP/1.1",
     {headers(1, with(without(kGet, ":path"), {{":path", "/a#b"}}), kWhole)},
     kMalformed},
    {"8.3.1",
     ":path that is no UTF-8, as in HTTP/1.1",
     {headers(1, with(without(kGet, ":path"), {{":path", "/\xc0\xaf"}}), kWhole)},
     kMalformed},
    {"8.3.1",
     ":path with raw UTF-8",
     {headers(1, with(without(kGet, ":path"), {{":path", "/\xc3\xa4"}}), kWhole)},
     kReply1},
    {"8.3.1",
     ":authority with userinfo",
     {headers(1, with(without(kGet, ":authority"), {{":authority", "u@a.test"}}), kWhole)},
     kMalformed},
    {"8.3.1", "host that is another than :authority", {get_with({{"host", "b.test"}})}, kMalformed},
    {"8.3.1",
     "host twice",
     {headers(1, with(without(kGet, ":authority"), {{"host", "a.test"}, {"host", "a.test"}}), kWhole)},
     kMalformed},
    {"8.3.1", "host that is :authority", {get_with({{"host", "A.test"}})}, kReply1},
    {"8.3.1",
     "host in place of :authority",
     {headers(1, with(without(kGet, ":authority"), {{"host", "a.test"}}), kWhole)},
     kReply1},
    {"8.3.1",
     "an empty host in place of :authority",
     {headers(1, with(without(kGet, ":authority"), {{"host", ""}}), kWhole)},
     kMalformed},
    {"8.3.1", "neither host nor :authority", {headers(1, without(kGet, ":authority"), kWhole)}, kMalformed},
    {"8.5",
     "CONNECT is refused",
     {headers(1, {{":method", "CONNECT"}, {":authority", "a.test:80"}}, kEndHeaders)},
     "headers 1 :status=400 end"},
    {"8.5",
     "CONNECT with :scheme",
     {headers(1, {{":method", "CONNECT"}, {":authority", "a.test:80"}, {":scheme", "http"}}, kEndHeaders)},
     kMalformed},
    {"8.5", "CONNECT without :authority", {headers(1, {{":method", "CONNECT"}}, kEndHeaders)}, kMalformed},
    {"8.5",
     "CONNECT with :path",
     {headers(1, {{":method", "CONNECT"}, {":authority", "a.test:80"}, {":path", "/"}}, kEndHeaders)},
     kMalformed},
    {"RFC 8441 4", ":protocol without CONNECT", {get_with({{":protocol", "websocket"}})}, kMalformed},
    {"RFC 8441 4", "extended CONNECT without :scheme", {chat(":scheme")}, kMalformed},
    {"RFC 8441 4", "extended CONNECT without :path", {chat(":path")}, kMalformed},
    {"RFC 8441 4", "extended CONNECT without :authority", {chat(":authority")}, kMalformed},
    {"RFC 8441 4",
     ":protocol twice",
     {headers(1, with({{":protocol", "websocket"}}, kChatFields), kEndHeaders)},
     kMalformed},
    {"8.3.1", "host in place of an empty :authority", {get_as_authority("", {{"host", "a.test"}})}, kMalformed},
    {"8.1.1", "content-length with a sign", {post_with({{"content-length", "+1"}})}, kMalformed},
    {"8.1.1", "content-length beyond 64 bits", {post_with({{"content-length", "18446744073709551617"}})}, kMalformed},
    {"8.1.1", "content-length in a list", {post_with({{"content-length", "1, 1"}})}, kMalformed},
    {"8.1.1", "an empty content-length", {post_with({{"content-length", ""}})}, kMalformed},
    {"8.6",
     "a message is not cut short by its stream's reset",
     {post(1) + rst(1) + get(3)},
     "headers 3 :status=200 end"},
};

}  // namespace

TEST_CASE("h2 conformance: messages, RFC 9113 §8") { check_all(kMessages); }

TEST_CASE("h2 conformance: which bytes a name may have, RFC 9113 §8.2.1, RFC 9110 §5.1") {
  const std::string others = "!#$%&'*+-.^_`|~";  // of a token, beside digits and letters
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    const bool is_good =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c != 0 && others.find(c) != std::string::npos);
    for (const std::string& name : {std::string("a") + c, std::string("a") + c + "b"}) {
      CAPTURE(byte);
      Bench bench;
      bench.start();
      bench.hear(get_with({{name, "x"}}));
      CHECK(bench.client.text() == (is_good ? kReply1 : kMalformed));
    }
  }
}

TEST_CASE("h2 conformance: which bytes a value may have, RFC 9113 §8.2.1, RFC 9110 §5.5") {
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    const bool is_good = byte == '\t' || (byte >= ' ' && byte != 0x7f);
    CAPTURE(byte);
    Bench bench;
    bench.start();
    bench.hear(get_with({{"a", std::string("b") + c + "c"}}));
    CHECK(bench.client.text() == (is_good ? kReply1 : kMalformed));
  }
}

TEST_CASE("h2 conformance: a cookie in crumbs is one field for the worker, RFC 9113 §8.2.3") {
  Bench bench;
  bench.start();
  bench.hear(get_with({{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2; c=3"}, {"cookie", "d=4"}}));
  CHECK(bench.told.find("cookie=a=1; b=2; c=3; d=4 x=y") != std::string::npos);
}

TEST_CASE("h2 conformance: the crumbs of a cookie count as one field, and as the bytes that they are") {
  const auto heard = [](std::size_t crumbs, std::size_t others, std::size_t size) {
    Bench bench;
    bench.start();
    std::vector<Pair> more;
    for (std::size_t n = 0; n < crumbs; ++n) more.emplace_back("cookie", "c=" + std::string(size, 'v'));
    for (std::size_t n = 0; n < others; ++n) more.emplace_back("x", "y");
    std::string text = block(with(kGet, more));
    std::string frames = frame(kHeaders, kEndStream, 1, text.substr(0, 16'384));
    for (std::size_t at = 16'384; at < text.size(); at += 16'384) {
      frames += frame(kContinuation, 0, 1, text.substr(at, 16'384));
    }
    bench.hear(frames + frame(kContinuation, kEndHeaders, 1, field("z", "z")));
    return bench.client.text();
  };
  const HttpLimits limits;
  CHECK(heard(1'000, limits.max_fields - 1, 1) == kReply1);
  CHECK(heard(1'000, limits.max_fields, 1) != kReply1);  // CONTINUATION brings one more
  CHECK(heard(0, limits.max_fields - 1, 1) == kReply1);
  CHECK(heard(limits.max_head / 300, 0, 300) != kReply1);
}

TEST_CASE("h2 conformance: an extended CONNECT that lacks nothing reaches the worker, RFC 8441 §4") {
  Bench bench;
  bench.start();
  bench.hear(chat(""));
  CHECK(bench.client.text() == "");
  CHECK(bench.told == "head 1 :method=CONNECT :protocol=websocket :scheme=http :authority=a.test :path=/chat");
}
