// Every MUST of RFC 9113 §3.4 to §8 and of RFC 7541 that a server can be asked: frames in, what comes back.
#include <doctest/doctest.h>

#include "tests/http/h2_bench.h"
#include "tests/support/chopper.h"

using namespace zeroway;
using namespace zeroway::test::h2;

namespace {

struct Case {
  std::string section;
  std::string name;
  std::vector<std::string> says;  // after the preface; what comes back to each is read before the next
  std::string hears;              // among what the client reads; "goaway …": and the connection ends
};

std::string raw(std::initializer_list<int> all) {
  std::string text;
  for (const int byte : all) text += static_cast<char>(byte);
  return text;
}

const std::string kReply1 = "headers 1 :status=200 end";
const std::string kPingFrame = frame(kPing, kNone, 0, "12345678");
const std::string kPong = "pong 12345678";
const std::string kMalformed = "rst 1 PROTOCOL_ERROR";
constexpr unsigned kWhole = kEndHeaders | kEndStream;

// A request with these bytes for a block.
std::string get_block(std::string_view text) { return frame(kHeaders, kWhole, 1, text); }
// A GET's block and more behind it.
std::string get_and(std::string_view text) { return get_block(block(kGet) + std::string(text)); }
std::string get_with(const std::vector<Pair>& more) { return headers(1, with(kGet, more), kWhole); }
std::string post_with(const std::vector<Pair>& more) { return headers(1, with(kPost, more), kEndHeaders); }

std::vector<Pair> without(std::vector<Pair> fields, std::string_view name) {
  std::erase_if(fields, [&](const Pair& field) { return field.first == name; });
  return fields;
}

std::string priority(std::uint32_t id, std::uint32_t depends_on) {
  return frame(kPriorityType, kNone, id, number(depends_on, 4) + "\x10");
}
std::string setting(int key, std::uint32_t value) { return settings({{key, value}}); }

const std::vector<Case> kFrames{
    {"4.1", "unknown frame types are ignored", {frame(0x16, 0xff, 0, "abc") + kPingFrame}, kPong},
    {"4.1", "unknown frame types on a stream are ignored", {frame(0x16, 0xff, 1, "abc") + get(1)}, kReply1},
    {"4.1", "undefined flags are ignored", {frame(kPing, 0xfe, 0, "12345678")}, kPong},
    {"4.1", "the reserved bit is ignored", {frame(kPing, kNone, 0x80000000U, "12345678")}, kPong},
    {"4.2", "a frame of 2^14 bytes", {post(1), data(1, std::string(16'384, 'x'), kEndStream)}, kReply1},
    {"4.2",
     "DATA above SETTINGS_MAX_FRAME_SIZE",
     {post(1), data(1, std::string(16'385, 'x'))},
     "goaway FRAME_SIZE_ERROR"},
    {"4.2",
     "HEADERS above SETTINGS_MAX_FRAME_SIZE",
     {get_and(field("x", std::string(16'384, 'x')))},
     "goaway FRAME_SIZE_ERROR"},
    {"4.2",
     "an unknown frame above SETTINGS_MAX_FRAME_SIZE",
     {frame(0x16, 0, 0, std::string(16'385, 'x'))},
     "goaway FRAME_SIZE_ERROR"},
    {"4.3", "a block that cannot be decoded", {get_block(raw({0x40}))}, "goaway COMPRESSION_ERROR"},
    {"4.3",
     "PRIORITY inside a block",
     {frame(kHeaders, kEndStream, 1, block(kGet)) + priority(1, 0)},
     "goaway PROTOCOL_ERROR"},
    {"4.3",
     "HEADERS of another stream inside a block",
     {frame(kHeaders, kEndStream, 1, block(kGet)) + get(3)},
     "goaway PROTOCOL_ERROR"},
    {"4.3",
     "an unknown frame inside a block",
     {frame(kHeaders, kEndStream, 1, block(kGet)) + frame(0x16, 0, 1, "x")},
     "goaway PROTOCOL_ERROR"},
    {"4.3",
     "a block in three frames",
     {frame(kHeaders, kEndStream, 1, block(kGet).substr(0, 5)) +
      frame(kContinuation, kNone, 1, block(kGet).substr(5, 7)) +
      frame(kContinuation, kEndHeaders, 1, block(kGet).substr(12))},
     kReply1},

    {"5.1", "idle: DATA", {data(1, "x")}, "goaway PROTOCOL_ERROR"},
    {"5.1", "idle: RST_STREAM", {rst(1)}, "goaway PROTOCOL_ERROR"},
    {"5.1", "idle: WINDOW_UPDATE", {window_update(1, 1)}, "goaway PROTOCOL_ERROR"},
    {"5.1", "idle: CONTINUATION", {frame(kContinuation, kEndHeaders, 1, block(kGet))}, "goaway PROTOCOL_ERROR"},
    {"5.1", "idle: PRIORITY", {priority(1, 0) + kPingFrame}, kPong},
    {"5.1", "half-closed (remote): DATA", {headers(1, kPost, kWhole) + data(1, "x")}, "goaway STREAM_CLOSED"},
    {"5.1", "half-closed (remote): HEADERS", {get(1) + get(1)}, "goaway STREAM_CLOSED"},
    {"5.1",
     "half-closed (remote): CONTINUATION",
     {get(1) + frame(kContinuation, kEndHeaders, 1, "")},
     "goaway PROTOCOL_ERROR"},
    {"5.1",
     "half-closed (remote): WINDOW_UPDATE, PRIORITY and RST_STREAM",
     {get(1) + window_update(1, 1) + priority(1, 0) + rst(1) + kPingFrame},
     kPong},
    {"5.1", "closed by the client's RST_STREAM: DATA", {post(1) + rst(1), data(1, "x")}, "goaway STREAM_CLOSED"},
    {"5.1", "closed by the client's RST_STREAM: HEADERS", {post(1) + rst(1), get(1)}, "goaway STREAM_CLOSED"},
    {"5.1",
     "closed by the client's RST_STREAM: CONTINUATION",
     {post(1) + rst(1), frame(kContinuation, kEndHeaders, 1, "")},
     "goaway PROTOCOL_ERROR"},
    {"5.1", "closed by END_STREAM: DATA", {get(1), data(1, "x")}, "goaway STREAM_CLOSED"},
    {"5.1", "closed by END_STREAM: HEADERS", {get(1), get(1)}, "goaway STREAM_CLOSED"},
    {"5.1",
     "closed by END_STREAM: CONTINUATION",
     {get(1), frame(kContinuation, kEndHeaders, 1, "")},
     "goaway PROTOCOL_ERROR"},
    {"5.1",
     "closed: PRIORITY, WINDOW_UPDATE and RST_STREAM are no mistake",
     {get(1), priority(1, 0) + window_update(1, 1) + rst(1) + kPingFrame},
     kPong},
    {"5.1",
     "reset by us: what was under way is ignored",
     {get_with({{"x", "a\nb"}}) + data(1, "x"), data(1, "x") + headers(1, {{"a", "b"}}, kWhole) + get(3)},
     "headers 3 :status=200 end"},
    {"5.1.1", "an even stream id", {get(2)}, "goaway PROTOCOL_ERROR"},
    {"5.1.1", "a stream id below an earlier one", {get(5), get(3)}, "goaway PROTOCOL_ERROR"},
    {"5.1.1", "stream ids may be left out", {get(1) + get(101)}, "headers 101 :status=200 end"},
    {"5.3.1",
     "HEADERS that depend on themselves",
     {frame(kHeaders, kWhole | kPriority, 1, number(1, 4) + "\x10" + block(kGet))},
     "PROTOCOL_ERROR"},
    {"5.3.1", "PRIORITY that depends on itself", {get(1) + priority(3, 3)}, "PROTOCOL_ERROR"},
    {"5.3.2",
     "HEADERS with a priority",
     {frame(kHeaders, kWhole | kPriority, 1, number(0, 4) + "\x10" + block(kGet))},
     kReply1},
    {"5.5",
     "extension frames in the middle of everything",
     {frame(0xf1, 0, 0, "") + post(1) + frame(0xf1, 9, 1, "zz") + data(1, "x", kEndStream)},
     kReply1},

    {"6.1", "DATA on stream 0", {data(0, "x")}, "goaway PROTOCOL_ERROR"},
    {"6.1",
     "DATA with as much padding as payload",
     {post(1), frame(kData, kPadded | kEndStream, 1, "\x05xxxx")},
     "goaway PROTOCOL_ERROR"},
    {"6.1", "padded DATA without a pad length", {post(1), frame(kData, kPadded, 1, "")}, "goaway FRAME_SIZE_ERROR"},
    {"6.1", "padded DATA", {post(1), frame(kData, kPadded | kEndStream, 1, "\x02helloxx")}, kReply1},
    {"6.1", "empty DATA that ends", {post(1), data(1, "", kEndStream)}, kReply1},
    {"6.2",
     "HEADERS without END_HEADERS, then another type",
     {frame(kHeaders, kEndStream, 1, block(kGet)) + data(1, "x")},
     "goaway PROTOCOL_ERROR"},
    {"6.2", "HEADERS on stream 0", {get(0)}, "goaway PROTOCOL_ERROR"},
    {"6.2",
     "HEADERS with as much padding as payload",
     {frame(kHeaders, kWhole | kPadded, 1, "\x09" + block(kGet).substr(0, 8))},
     "goaway PROTOCOL_ERROR"},
    {"6.2", "padded HEADERS", {frame(kHeaders, kWhole | kPadded, 1, "\x03" + block(kGet) + "xxx")}, kReply1},
    {"6.2",
     "HEADERS too short for their priority",
     {frame(kHeaders, kWhole | kPriority, 1, "abc")},
     "goaway FRAME_SIZE_ERROR"},
    {"6.3", "PRIORITY on stream 0", {priority(0, 1)}, "goaway PROTOCOL_ERROR"},
    {"6.3", "PRIORITY of 4 bytes", {get(1) + frame(kPriorityType, 0, 1, "abcd")}, "FRAME_SIZE_ERROR"},
    {"6.4", "RST_STREAM on stream 0", {rst(0)}, "goaway PROTOCOL_ERROR"},
    {"6.4", "RST_STREAM of 3 bytes", {post(1) + frame(kRstStream, 0, 1, "abc")}, "goaway FRAME_SIZE_ERROR"},
    {"6.4", "RST_STREAM with a code nobody knows", {post(1) + rst(1, 0x1234) + kPingFrame}, kPong},
    {"6.5", "SETTINGS ACK with a payload", {frame(kSettings, kAck, 0, "abcdef")}, "goaway FRAME_SIZE_ERROR"},
    {"6.5", "SETTINGS on a stream", {frame(kSettings, 0, 1, "")}, "goaway PROTOCOL_ERROR"},
    {"6.5", "SETTINGS of 5 bytes", {frame(kSettings, 0, 0, "abcde")}, "goaway FRAME_SIZE_ERROR"},
    {"6.5.2", "ENABLE_PUSH of 2", {setting(2, 2)}, "goaway PROTOCOL_ERROR"},
    {"6.5.2", "INITIAL_WINDOW_SIZE above 2^31-1", {setting(4, 0x80000000U)}, "goaway FLOW_CONTROL_ERROR"},
    {"6.5.2", "MAX_FRAME_SIZE below 2^14", {setting(5, 16'383)}, "goaway PROTOCOL_ERROR"},
    {"6.5.2", "MAX_FRAME_SIZE above 2^24-1", {setting(5, 1 << 24)}, "goaway PROTOCOL_ERROR"},
    {"6.5.2", "unknown settings are ignored", {setting(0x99, 7) + kPingFrame}, kPong},
    {"6.5.2",
     "all settings at their bounds",
     {settings({{1, 0}, {2, 0}, {3, 0}, {4, 0x7fffffff}, {5, (1 << 24) - 1}, {6, 0}}) + get(1)},
     kReply1},
    {"6.5.3", "settings in order: the later one counts", {settings({{4, 1}, {4, 65'535}}) + get(1)}, kReply1},
    {"6.6",
     "PUSH_PROMISE from a client",
     {frame(kPushPromise, kEndHeaders, 1, number(2, 4) + block(kGet))},
     "goaway PROTOCOL_ERROR"},
    {"6.7", "PING is answered with its bytes", {kPingFrame}, kPong},
    {"6.7", "PING ACK is not answered", {frame(kPing, kAck, 0, "abcdefgh") + kPingFrame}, kPong},
    {"6.7", "PING on a stream", {frame(kPing, 0, 1, "12345678")}, "goaway PROTOCOL_ERROR"},
    {"6.7", "PING of 6 bytes", {frame(kPing, 0, 0, "123456")}, "goaway FRAME_SIZE_ERROR"},
    {"6.8", "GOAWAY on a stream", {frame(kGoaway, 0, 1, number(0, 8))}, "goaway PROTOCOL_ERROR"},
    {"6.8", "GOAWAY of 7 bytes", {frame(kGoaway, 0, 0, "1234567")}, "goaway FRAME_SIZE_ERROR"},
    {"6.9", "WINDOW_UPDATE of 0 on the connection", {window_update(0, 0)}, "goaway PROTOCOL_ERROR"},
    {"6.9", "WINDOW_UPDATE of 0 on a stream", {post(1) + window_update(1, 0)}, "PROTOCOL_ERROR"},
    {"6.9", "WINDOW_UPDATE of 3 bytes", {frame(kWindowUpdate, 0, 0, "abc")}, "goaway FRAME_SIZE_ERROR"},
    {"6.9.1", "a connection window above 2^31-1", {window_update(0, 0x7fffffff)}, "goaway FLOW_CONTROL_ERROR"},
    {"6.9.1", "a stream's window above 2^31-1", {post(1) + window_update(1, 0x7fffffff)}, "rst 1 FLOW_CONTROL_ERROR"},
    {"6.9.2",
     "INITIAL_WINDOW_SIZE that lifts a window above 2^31-1",
     {post(1) + window_update(1, 0x7fff0000) + setting(4, 0x7fffffff)},
     "FLOW_CONTROL_ERROR"},
    {"6.10",
     "CONTINUATION after END_HEADERS",
     {post(1) + frame(kContinuation, kEndHeaders, 1, "")},
     "goaway PROTOCOL_ERROR"},
    {"6.10",
     "CONTINUATION after a CONTINUATION with END_HEADERS",
     {frame(kHeaders, kEndStream, 1, block(kGet)) + frame(kContinuation, kEndHeaders, 1, "") +
      frame(kContinuation, kEndHeaders, 1, "")},
     "goaway PROTOCOL_ERROR"},
    {"6.10",
     "CONTINUATION on stream 0",
     {frame(kHeaders, kEndStream, 1, block(kGet)) + frame(kContinuation, kEndHeaders, 0, "")},
     "goaway PROTOCOL_ERROR"},
    {"6.10",
     "CONTINUATION on another stream",
     {frame(kHeaders, kEndStream, 1, block(kGet)) + frame(kContinuation, kEndHeaders, 3, "")},
     "goaway PROTOCOL_ERROR"},
    {"6.10",
     "CONTINUATION after DATA",
     {post(1) + data(1, "x") + frame(kContinuation, kEndHeaders, 1, "")},
     "goaway PROTOCOL_ERROR"},
    {"7",
     "GOAWAY with a code nobody knows",
     {post(1) + frame(kGoaway, 0, 0, number(0, 4) + number(0xff, 4)) + data(1, "x", kEndStream)},
     kReply1},
};

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
    {"8.2.1", "a value with bytes above 0x7f", {get_with({{"a", "\xc3\xa4"}})}, kReply1},
    {"8.2.2", "connection", {get_with({{"connection", "keep-alive"}})}, kMalformed},
    {"8.2.2", "keep-alive", {get_with({{"keep-alive", "timeout=5"}})}, kMalformed},
    {"8.2.2", "proxy-connection", {get_with({{"proxy-connection", "keep-alive"}})}, kMalformed},
    {"8.2.2", "transfer-encoding", {get_with({{"transfer-encoding", "chunked"}})}, kMalformed},
    {"8.2.2", "upgrade", {get_with({{"upgrade", "h2c"}})}, kMalformed},
    {"8.2.2", "te other than trailers", {get_with({{"te", "trailers, deflate;q=0.5"}})}, kMalformed},
    {"8.2.2", "te: trailers", {get_with({{"te", "trailers"}})}, kReply1},
    {"8.2.2", "connection in trailers", {post(1) + headers(1, {{"connection", "close"}}, kWhole)}, kMalformed},
    {"8.3", "an unknown pseudo-field", {get_with({{":test", "ok"}})}, kMalformed},
    {"8.3", "a reply's pseudo-field", {get_with({{":status", "200"}})}, kMalformed},
    {"8.3",
     "a pseudo-field behind a field",
     {headers(1,
              with({{":method", "GET"}, {":scheme", "http"}, {":authority", "a.test"}, {"x", "y"}}, {{":path", "/"}}),
              kWhole)},
     kMalformed},
    {"8.3.1", "an empty :path", {headers(1, with(without(kGet, ":path"), {{":path", ""}}), kWhole)}, kMalformed},
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
    {"8.3.1", "neither host nor :authority", {headers(1, without(kGet, ":authority"), kWhole)}, kMalformed},
    {"8.5",
     "CONNECT is refused",
     {headers(1, {{":method", "CONNECT"}, {":authority", "a.test:80"}}, kEndHeaders)},
     "headers 1 :status=400 end"},
    {"8.5",
     "CONNECT with :path",
     {headers(1, {{":method", "CONNECT"}, {":authority", "a.test:80"}, {":path", "/"}}, kEndHeaders)},
     kMalformed},
    {"RFC 8441 4", ":protocol without CONNECT", {get_with({{":protocol", "websocket"}})}, kMalformed},
    {"8.6",
     "a message is not cut short by its stream's reset",
     {post(1) + rst(1) + get(3)},
     "headers 3 :status=200 end"},
};

const std::vector<Case> kHpack{
    {"RFC 7541 2.3.3", "an index beyond both tables", {get_and(raw({0xc6}))}, "goaway COMPRESSION_ERROR"},
    {"RFC 7541 2.3.3",
     "a literal whose name is beyond both tables",
     {get_and(raw({0x7f, 0x10, 0x01, 'x'}))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 4.2", "a table size update at a block's end", {get_and(raw({0x20}))}, "goaway COMPRESSION_ERROR"},
    {"RFC 7541 4.2", "a table size update at a block's beginning", {get_block(raw({0x20}) + block(kGet))}, kReply1},
    {"RFC 7541 5.1",
     "an integer that does not end",
     {get_and(raw({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 5.2",
     "a string longer than its block",
     {get_and(raw({0x00, 0x01, 'x', 0x05, 'a'}))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 5.2",
     "Huffman padding of more than 7 bits",
     {get_and(raw({0x00, 0x85, 0xf2, 0xb2, 0x4a, 0x84, 0xff, 0x84, 0x49, 0x50, 0x9f, 0xff}))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 5.2",
     "Huffman padding of zeros",
     {get_and(raw({0x00, 0x85, 0xf2, 0xb2, 0x4a, 0x84, 0xff, 0x83, 0x49, 0x50, 0x90}))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 5.2",
     "Huffman with EOS",
     {get_and(raw({0x00, 0x85, 0xf2, 0xb2, 0x4a, 0x84, 0xff, 0x87, 0x49, 0x51, 0xff, 0xff, 0xff, 0xfa, 0x7f}))},
     "goaway COMPRESSION_ERROR"},
    {"RFC 7541 6.1", "index 0", {get_and(raw({0x80}))}, "goaway COMPRESSION_ERROR"},
    {"RFC 7541 6.1",
     "indexed fields of the static table",
     {get_block(raw({0x82, 0x86, 0x84}) + field(":authority", "a.test"))},
     kReply1},
    {"RFC 7541 6.2.1",
     "a field is indexed and used again",
     {get_block(raw({0x82, 0x86, 0x84, 0x41}) + literal("a.test")),
      frame(kHeaders, kWhole, 3, raw({0x82, 0x86, 0x84, 0xbe}))},
     "headers 3 :status=200 end"},
    {"RFC 7541 6.2.3", "a field that is never indexed", {get_and(raw({0x10}) + literal("x") + literal("y"))}, kReply1},
    {"RFC 7541 6.3",
     "a table size above SETTINGS_HEADER_TABLE_SIZE",
     {get_block(raw({0x3f, 0xe2, 0x1f}) + block(kGet))},
     "goaway COMPRESSION_ERROR"},
};

void check_case(const Case& one, bool is_cut) {
  CAPTURE(one.section);
  CAPTURE(one.name);
  CAPTURE(is_cut);
  Bench bench;
  bench.start();
  std::string heard = bench.client.take();
  for (const std::string& piece : one.says) {
    for (const std::string_view part : test::chop(piece, is_cut ? 1 : piece.size() + 1)) {
      static_cast<void>(bench.codec.read(as_bytes(part), bench));
    }
    bench.flush();
  }
  heard = bench.client.take();
  CAPTURE(heard);
  CAPTURE(bench.told);
  CAPTURE(bench.details);
  CHECK(heard.find(one.hears) != std::string::npos);
  const bool has_ended = heard.find("goaway") != std::string::npos;
  if (one.section != "7") CHECK(has_ended == (bench.codec.phase() == CodecPhase::closed));
  CHECK(bench.breaks == (has_ended ? 1 : 0));
  if (one.hears.starts_with("goaway")) CHECK(has_ended);
  if (has_ended || one.section == "7") return;
  bench.hear(frame(kPing, kNone, 0, "stillup?"));
  CHECK(bench.client.text() == "pong stillup?");
}

void check_all(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    for (const bool is_cut : {false, true}) check_case(one, is_cut);
  }
}

}  // namespace

TEST_CASE("h2 conformance: frames and streams, RFC 9113 §4 to §7") { check_all(kFrames); }
TEST_CASE("h2 conformance: messages, RFC 9113 §8") { check_all(kMessages); }
TEST_CASE("h2 conformance: field blocks, RFC 7541") { check_all(kHpack); }

TEST_CASE("h2 conformance: the preface, RFC 9113 §3.4") {
  {
    Bench bench;
    bench.hear(kMagic + settings() + get(1));
    CHECK(bench.client.text().find("headers 1 :status=200 end") != std::string::npos);
  }
  for (const std::string& wrong :
       {"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n" + settings(), kMagic + get(1), kMagic + frame(kSettings, kAck, 0, ""),
        std::string("INVALID CONNECTION PREFACE\r\n\r\n")}) {
    Bench bench;
    bench.hear(wrong);
    CHECK(bench.client.text().find("goaway PROTOCOL_ERROR") != std::string::npos);
    CHECK(bench.codec.phase() == CodecPhase::closed);
    CHECK(bench.breaks == 1);
  }
}

TEST_CASE("h2 conformance: streams above SETTINGS_MAX_CONCURRENT_STREAMS are refused, RFC 9113 §5.1.2") {
  HttpLimits limits;
  limits.max_streams = 2;
  {
    Bench bench(limits);
    bench.hear(kMagic + settings());
    bench.client.take();
    bench.hear(post(1) + post(3) + post(5) + data(5, "late") + post(7));
    CHECK(bench.client.take() == "rst 5 REFUSED_STREAM · rst 7 REFUSED_STREAM");
    bench.hear(data(1, "", kEndStream));
    CHECK(bench.client.take() == "headers 1 :status=200 end");
    bench.hear(headers(9, kPost, kEndHeaders | kEndStream));
    CHECK(bench.client.take() == "headers 9 :status=200 end");
  }
  {  // One that has acknowledged the limit is no client to go on with.
    Bench bench(limits);
    bench.start();
    bench.hear(post(1) + post(3) + post(5));
    CHECK(bench.client.text().find("goaway PROTOCOL_ERROR") != std::string::npos);
  }
}

TEST_CASE("h2 conformance: DATA beyond a window, RFC 9113 §6.9.1") {
  Bench bench;
  bench.credits = false;
  bench.start();
  bench.hear(post(1));
  for (int piece = 0; piece < 4; ++piece) bench.hear(data(1, std::string(16'384, 'x')));
  CHECK(bench.client.text() == "");
  bench.hear(data(1, "x"));
  CHECK(bench.client.text().find("FLOW_CONTROL_ERROR") != std::string::npos);
}

TEST_CASE("h2 conformance: replies keep to the client's windows, RFC 9113 §6.9.1, §6.9.2") {
  Bench bench;
  bench.on_end = [&](CodecStream stream) { bench.answer(stream, "200", "hello"); };
  bench.start(setting(4, 3));
  bench.hear(get(1));
  CHECK(bench.client.take() == "headers 1 :status=200 · data 1 \"hel\"");
  bench.hear(setting(4, 2));  // now it is -1
  bench.hear(window_update(1, 1));
  CHECK(bench.client.take() == "");
  bench.hear(window_update(1, 1));
  CHECK(bench.client.take() == "data 1 \"l\"");
  bench.hear(setting(4, 1'000));
  CHECK(bench.client.take() == "data 1 \"o\" end");
}
