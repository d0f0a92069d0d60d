// Every MUST of RFC 9113 §3.4 to §7 that a server can be asked: frames in, what comes back.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/http/h2_bench.h"
#include "tests/http/h2_cases.h"

using namespace zeroway;
using namespace zeroway::test::h2;

namespace {

const std::string kTrailer = headers(1, {{"x", "y"}}, kWhole);

const std::vector<Case> kFrames{
    {"4.1", "unknown frame types are ignored", {frame(0x16, 0xff, 0, "abc") + kPingFrame}, kPong},
    {"4.1", "unknown frame types on a stream are ignored", {frame(0x16, 0xff, 1, "abc") + get(1)}, kReply1},
    {"4.1", "undefined flags are ignored", {frame(kPing, 0xfe, 0, "12345678")}, kPong},
    {"4.1", "the reserved bit is ignored", {frame(kPing, kNone, 0x80000000U, "12345678")}, kPong},
    {"3.4", "frames right behind the preface, before any acknowledgement", {get(1)}, kReply1},
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
    {"5.1", "idle on our side: DATA", {data(2, "x")}, "goaway PROTOCOL_ERROR"},
    {"5.1", "idle on our side: RST_STREAM", {rst(2)}, "goaway PROTOCOL_ERROR"},
    {"5.1", "idle on our side: WINDOW_UPDATE", {window_update(2, 1)}, "goaway PROTOCOL_ERROR"},
    {"5.1", "idle on our side: CONTINUATION", {frame(kContinuation, kEndHeaders, 2, "")}, "goaway PROTOCOL_ERROR"},
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
    {"5.1.1", "a stream id that was left out", {get(1) + get(7), get(5)}, "goaway PROTOCOL_ERROR"},
    {"5.1.1", "the largest stream id", {get(0x7fffffff)}, "headers 2147483647 :status=200 end"},
    {"5.4.1", "GOAWAY names the last stream that was begun", {get(1) + get(5), data(0, "x")}, "PROTOCOL_ERROR after 5"},
    {"5.4.2", "RST_STREAM is not answered", {post(1), rst(1) + rst(1) + kPingFrame}, kPong},
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
    {"6.1",
     "DATA of nothing but padding",
     {post(1), frame(kData, kPadded, 1, "\x03xxx") + data(1, "", kEndStream)},
     kReply1},
    {"6.1",
     "DATA with more padding than payload",
     {post(1), frame(kData, kPadded, 1, "\xffx")},
     "goaway PROTOCOL_ERROR"},
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
     "padded HEADERS with a priority",
     {frame(kHeaders, kWhole | kPadded | kPriority, 1, "\x02" + number(0, 4) + "\x10" + block(kGet) + "xx")},
     kReply1},
    {"6.2",
     "padded HEADERS without a pad length",
     {frame(kHeaders, kWhole | kPadded, 1, "")},
     "goaway FRAME_SIZE_ERROR"},
    {"6.2",
     "HEADERS too short for their priority",
     {frame(kHeaders, kWhole | kPriority, 1, "abc")},
     "goaway FRAME_SIZE_ERROR"},
    {"6.3", "PRIORITY on stream 0", {priority(0, 1)}, "goaway PROTOCOL_ERROR"},
    {"6.3", "PRIORITY of 4 bytes", {get(1) + frame(kPriorityType, 0, 1, "abcd")}, "FRAME_SIZE_ERROR"},
    {"6.4", "RST_STREAM on stream 0", {rst(0)}, "goaway PROTOCOL_ERROR"},
    {"6.4", "RST_STREAM of 3 bytes", {post(1) + frame(kRstStream, 0, 1, "abc")}, "goaway FRAME_SIZE_ERROR"},
    {"6.4", "RST_STREAM of 5 bytes", {post(1) + frame(kRstStream, 0, 1, "abcde")}, "goaway FRAME_SIZE_ERROR"},
    {"6.4", "RST_STREAM with a code nobody knows", {post(1) + rst(1, 0x1234) + kPingFrame}, kPong},
    {"6.5", "SETTINGS ACK with a payload", {frame(kSettings, kAck, 0, "abcdef")}, "goaway FRAME_SIZE_ERROR"},
    {"6.5", "SETTINGS on a stream", {frame(kSettings, 0, 1, "")}, "goaway PROTOCOL_ERROR"},
    {"6.5", "SETTINGS of 5 bytes", {frame(kSettings, 0, 0, "abcde")}, "goaway FRAME_SIZE_ERROR"},
    {"6.5", "an empty SETTINGS", {settings() + kPingFrame}, kPong},
    {"6.5.2", "ENABLE_PUSH of 1", {setting(2, 1) + get(1)}, kReply1},
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
    {"6.7", "PING ACK of 6 bytes", {frame(kPing, kAck, 0, "123456")}, "goaway FRAME_SIZE_ERROR"},
    {"6.7", "PING of 9 bytes", {frame(kPing, 0, 0, "123456789")}, "goaway FRAME_SIZE_ERROR"},
    {"6.7", "PING on a stream", {frame(kPing, 0, 1, "12345678")}, "goaway PROTOCOL_ERROR"},
    {"6.7", "PING of 6 bytes", {frame(kPing, 0, 0, "123456")}, "goaway FRAME_SIZE_ERROR"},
    {"6.8", "GOAWAY on a stream", {frame(kGoaway, 0, 1, number(0, 8))}, "goaway PROTOCOL_ERROR"},
    {"7",
     "a client's GOAWAY with data for the log",
     {post(1) + frame(kGoaway, 0, 0, number(0, 8) + "bye") + data(1, "x", kEndStream)},
     kReply1},
    {"6.8", "GOAWAY of 7 bytes", {frame(kGoaway, 0, 0, "1234567")}, "goaway FRAME_SIZE_ERROR"},
    {"6.9", "WINDOW_UPDATE of 0 on the connection", {window_update(0, 0)}, "goaway PROTOCOL_ERROR"},
    {"6.9", "WINDOW_UPDATE of 0 on a stream", {post(1) + window_update(1, 0)}, "PROTOCOL_ERROR"},
    {"6.9", "WINDOW_UPDATE of 3 bytes", {frame(kWindowUpdate, 0, 0, "abc")}, "goaway FRAME_SIZE_ERROR"},
    {"6.9",
     "WINDOW_UPDATE of 5 bytes on a stream",
     {post(1) + frame(kWindowUpdate, 0, 1, "abcde")},
     "goaway FRAME_SIZE_ERROR"},
    {"6.9.1", "a connection window of 2^31-1", {window_update(0, 0x7fffffff - 65'535) + get(1)}, kReply1},
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
    {"6.10",
     "empty CONTINUATIONs",
     {frame(kHeaders, kEndStream, 1, "") + frame(kContinuation, kNone, 1, block(kGet)) +
      frame(kContinuation, kEndHeaders, 1, "")},
     kReply1},
    {"8.1", "HEADERS behind trailers", {post(1) + kTrailer + kTrailer}, "goaway STREAM_CLOSED"},
    {"8.1", "DATA behind trailers", {post(1) + kTrailer + data(1, "x")}, "goaway STREAM_CLOSED"},
    {"8.1", "trailers alone on an idle stream", {kTrailer}, kMalformed},
    {"RFC 8441 3", "ENABLE_CONNECT_PROTOCOL of 2", {setting(8, 2)}, "goaway PROTOCOL_ERROR"},
    {"RFC 9218 2.1", "NO_RFC7540_PRIORITIES of 2", {setting(9, 2)}, "goaway PROTOCOL_ERROR"},
    {"RFC 9218 7.1",
     "PRIORITY_UPDATE on a stream",
     {get(1) + frame(0x10, 0, 1, number(1, 4) + "u=1")},
     "goaway PROTOCOL_ERROR"},
    {"RFC 9218 7.1", "PRIORITY_UPDATE of stream 0", {frame(0x10, 0, 0, number(0, 4) + "u=1")}, "goaway PROTOCOL_ERROR"},
    {"RFC 9218 7.1",
     "PRIORITY_UPDATE of a push that was not promised",
     {frame(0x10, 0, 0, number(2, 4) + "u=1")},
     "goaway PROTOCOL_ERROR"},
    {"RFC 9218 7.1", "PRIORITY_UPDATE of 3 bytes", {frame(0x10, 0, 0, "abc")}, "goaway FRAME_SIZE_ERROR"},
    {"RFC 9218 7.1", "PRIORITY_UPDATE before its request", {frame(0x10, 0, 0, number(1, 4) + "u=1") + get(1)}, kReply1},
    {"RFC 9218 7.1",
     "PRIORITY_UPDATE of a closed stream",
     {get(1), frame(0x10, 0, 0, number(1, 4) + "u=1") + kPingFrame},
     kPong},
    {"RFC 9218 7.1",
     "PRIORITY_UPDATE that is no structured field",
     {get(1) + frame(0x10, 0, 0, number(1, 4) + "\x01;;") + kPingFrame},
     kPong},
    {"RFC 9218 4", "a priority field that is no structured field", {get_with({{"priority", "=;,"}})}, kReply1},
    {"6.9.2",
     "INITIAL_WINDOW_SIZE of 2^31-1 with a stream open",
     {post(1) + setting(4, 0x7fffffff) + kPingFrame},
     kPong},
    {"RFC 9218 7.1",
     "PRIORITY_UPDATE inside a block",
     {frame(kHeaders, kEndStream, 1, block(kGet)) + frame(0x10, 0, 0, number(1, 4) + "u=1")},
     "goaway PROTOCOL_ERROR"},
    {"RFC 9218 7.1",
     "PRIORITY_UPDATE without a field: the defaults",
     {get(1) + frame(0x10, 0, 0, number(1, 4)) + get(3)},
     "headers 3 :status=200 end"},
    {"7",
     "GOAWAY with a code nobody knows",
     {post(1) + frame(kGoaway, 0, 0, number(0, 4) + number(0xff, 4)) + data(1, "x", kEndStream)},
     kReply1},
};

}  // namespace

TEST_CASE("h2 conformance: frames and streams, RFC 9113 §4 to §7") { check_all(kFrames); }

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

TEST_CASE("h2 conformance: the server's preface is a SETTINGS frame, before all else, RFC 9113 §3.4") {
  for (const std::string& first : {std::string(), kMagic.substr(0, 10), kMagic + settings() + get(1)}) {
    Bench bench;
    static_cast<void>(bench.codec.read(as_bytes(first), bench));
    bench.codec.flush(1 << 20, bench);
    const std::string& said = bench.codec.output();
    REQUIRE(said.size() > 9);
    CHECK(said[3] == kSettings);
    CHECK(said[4] == kNone);
    CHECK(said.substr(5, 4) == number(0, 4));
  }
}

TEST_CASE("h2 conformance: each SETTINGS is acknowledged, once and at once, RFC 9113 §6.5.3") {
  Bench bench;
  bench.start();
  const std::string ack = frame(kSettings, kAck, 0, "");
  for (int count = 0; count < 5; ++count) {
    static_cast<void>(bench.codec.read(as_bytes(settings({{3, 7}})), bench));
    bench.codec.flush(1 << 20, bench);
    CHECK(bench.codec.output() == ack);
    bench.codec.output().clear();
  }
}

TEST_CASE("h2 conformance: padding is flow-controlled, and its window given back, RFC 9113 §6.1") {
  Bench bench;
  bench.start();
  bench.hear(post(1));
  const std::string padded = frame(kData, kPadded, 1, "\xffx" + std::string(255, '\0'));
  for (std::size_t said = 0; said < 20U << 20; said += padded.size() - 9) bench.hear(padded);
  CHECK(bench.client.text().find("goaway") == std::string::npos);
  CHECK(bench.client.text().find("rst") == std::string::npos);
  Bench other;
  other.credits = false;
  other.start();
  other.hear(post(1));
  for (std::size_t said = 0; said < 65'535 - 257; said += 257) other.hear(padded);
  other.hear(data(1, "", kEndStream));
  CHECK(other.client.text().find("headers 1 :status=200 end") != std::string::npos);
}

TEST_CASE("h2 conformance: frames are no larger than the client takes, RFC 9113 §4.2, §6.5.2") {
  for (const std::uint32_t most : {16'384U, 20'000U}) {
    Bench bench;
    bench.on_end = [&](CodecStream stream) { bench.answer(stream, "200", std::string(50'000, 'x')); };
    bench.start(settings({{5, most}}));
    static_cast<void>(bench.codec.read(as_bytes(get(1)), bench));
    bench.codec.flush(1 << 20, bench);
    std::size_t largest = 0;
    const std::string& said = bench.codec.output();
    for (std::size_t at = 0, size = 0; at < said.size(); at += 9 + size) {
      size = static_cast<std::size_t>(static_cast<unsigned char>(said[at])) << 16 |
             static_cast<std::size_t>(static_cast<unsigned char>(said[at + 1])) << 8 |
             static_cast<unsigned char>(said[at + 2]);
      largest = std::max(largest, size);
    }
    CHECK(largest > 10'000);
    CHECK(largest <= most);
  }
}

TEST_CASE("h2 conformance: the connection's window counts for all streams, RFC 9113 §6.9.1") {
  Bench bench;
  bench.on_end = [&](CodecStream stream) { bench.answer(stream, "200", std::string(60'000, 'x')); };
  bench.start(setting(4, 1'000'000));  // which does not change the connection's (§6.9.2)
  bench.hear(get(1) + get(3));
  CHECK(bench.client.data_bytes == 65'535);
  bench.hear(window_update(0, 4'465));
  CHECK(bench.client.data_bytes == 70'000);
  bench.hear(window_update(0, 1 << 20));
  CHECK(bench.client.data_bytes == 120'000);
}
