#include "router/http/h2_codec.h"

#include <doctest/doctest.h>

#include "tests/http/h2_bench.h"
#include "tests/http/ws_peer.h"

using namespace zeroway;
using namespace zeroway::test::h2;
using namespace std::chrono_literals;

namespace {

constexpr unsigned kWhole = kEndHeaders | kEndStream;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("h2: a request is told as HTTP/1.1 would have told it") {
  Silent bench;
  bench.hear(headers(1,
                     {{":method", "GET"},
                      {":scheme", "https"},
                      {":path", "/x?y"},
                      {"host", "b.test"},
                      {"cookie", "a=1"},
                      {"x", "y"},
                      {"cookie", "b=2"},
                      {"cookie", "c=3"},
                      {"content-length", "00"}},
                     kWhole));
  CHECK(bench.told ==
        "head 1 :method=GET :scheme=http :authority=b.test :path=/x?y cookie=a=1; b=2; c=3 x=y content-length=0 last · "
        "end 1");
}

TEST_CASE("h2: trailers, both ways") {
  Silent bench;
  bench.credits = false;
  bench.hear(post(1) + data(1, "hello") + headers(1, {{"x-sum", "1"}, {"te", "trailers"}}, kWhole));
  CHECK(bench.told == "head 1 :method=POST :scheme=http :authority=a.test :path=/ · end 1 \"hello\" x-sum=1");
  bench.say_head(1);
  bench.say_data(1, "abc");
  bench.say_end(1, {{"x-sum", "2"}});
  CHECK(bench.heard() == "headers 1 :status=200 · data 1 \"abc\" · headers 1 x-sum=2 end");
}

TEST_CASE("h2: white space around values goes, as it does in HTTP/1.1 (RFC 9113 §8.2.1)") {
  Silent bench;
  bench.hear(get(1));
  bench.say_head(1, {{":status", "200"}, {"a", " \tb c "}, {"d", " "}});
  bench.say_end(1, {{"e", "f "}});
  CHECK(bench.heard() == "headers 1 :status=200 a=b c d= · headers 1 e=f end");
}

TEST_CASE("h2: trailers behind no body") {
  Silent bench;
  bench.hear(get(1));
  bench.say_head(1);
  CHECK(bench.heard() == "headers 1 :status=200");
  bench.say_end(1, {{"x-sum", "2"}});
  CHECK(bench.heard() == "headers 1 x-sum=2 end");
}

TEST_CASE("h2: interim replies, never 101") {
  Silent bench;
  bench.hear(get(1));
  bench.say_head(1, {{":status", "103"}, {"link", "</a>"}});
  bench.say_head(1, {{":status", "101"}});
  bench.say_head(1, {{":status", "204"}}, Last::yes);
  bench.say_end(1);
  CHECK(bench.heard() == "headers 1 :status=103 link=</a> · headers 1 :status=204 end");
}

TEST_CASE("h2: 100-continue goes out with the first credit, once, and not when the body came without it") {
  Silent bench;
  bench.hear(headers(1, with(kPost, {{"expect", "100-continue"}}), kEndHeaders));
  CHECK(bench.heard() == "");
  bench.codec.credit(1, 10);
  bench.say_head(1, {{":status", "100"}});
  CHECK(has(bench.heard(), "headers 1 :status=100"));
  bench.say_head(1, {{":status", "100"}});
  CHECK(bench.heard() == "");
  bench.hear(headers(3, with(kPost, {{"expect", "100-continue"}}), kEndHeaders) + data(3, "x"));
  CHECK(bench.heard() == "window 3 1");
  bench.say_head(3, {{":status", "100"}});
  CHECK(bench.heard() == "");
}

TEST_CASE("h2: what deserves a reply is refused with its code, and the connection lives") {
  HttpLimits limits;
  limits.max_body = 10;
  limits.max_head = 2'000;
  limits.max_request_line = 100;
  limits.max_fields = 10;
  const std::string connect = headers(1, {{":method", "CONNECT"}, {":authority", "a:80"}}, kEndHeaders);
  std::vector<Pair> many = kGet;
  for (int i = 0; i < 12; ++i) many.push_back({"x", "y"});
  std::vector<Pair> long_path{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", ""}};
  long_path[3].second = "/" + std::string(100, 'x');
  struct Case {
    std::string says;
    Code code;
    std::string refused;
  };
  const std::vector<Case> cases{
      {connect, Code::not_implemented, "CONNECT "},
      {headers(1, with(kGet, {{"x", std::string(2'000, 'y')}}), kWhole), Code::header_too_large, "GET /"},
      {headers(1, many, kWhole), Code::header_too_large, "GET /"},
      {headers(1, long_path, kWhole), Code::uri_too_long, "GET " + long_path[3].second},
      {headers(1, with(kPost, {{"expect", "miracles"}}), kEndHeaders), Code::expectation_failed, "POST /"},
      {post(1) + data(1, "12345678901"), Code::content_too_large, ""},
      {post(1) + data(1, "1") + headers(1, {{"x", std::string(2'000, 'y')}}, kWhole), Code::header_too_large, ""},
  };
  for (const auto& [says, code, refused] : cases) {
    Bench bench(limits);
    bench.start();
    bench.client.take();
    bench.hear(says);
    CAPTURE(bench.told);
    CHECK(bench.last_code == code);
    CHECK(bench.last_refused == (has(bench.told, "head 1 ") ? "" : refused));
    CHECK(has(bench.client.text(), "headers 1 :status=400 end"));
    bench.hear(get(9));
    CHECK(has(bench.client.text(), "headers 9 :status=200 end"));
  }
}

namespace {

const std::vector<Pair> kChatFields{{":method", "CONNECT"}, {":protocol", "websocket"},
                                    {":scheme", "http"},    {":authority", "a.test"},
                                    {":path", "/chat"},     {"sec-websocket-version", "13"}};
const std::string kChat = headers(1, kChatFields, kEndHeaders);
constexpr const char* kChatTold =
    "head 1 :method=CONNECT :protocol=websocket :scheme=http :authority=a.test :path=/chat";

const std::string kCancelled = std::to_string(static_cast<int>(Code::cancelled));

// With a mask of zeros.
std::string masked(int opcode, std::string_view payload) {
  return static_cast<char>(0x80 | opcode) + std::string(1, static_cast<char>(0x80 | payload.size())) +
         std::string(4, '\0') + std::string(payload);
}

}  // namespace

TEST_CASE("h2: a WebSocket on a stream, beside a request (RFC 8441)") {
  Silent bench;
  bench.hear(kChat + data(1, masked(1, "early")));
  CHECK(bench.told == kChatTold);
  bench.say_head(1);
  CHECK(has(bench.heard(), "headers 1 :status=200"));
  CHECK(has(bench.told, "message 1 early last"));
  bench.hear(data(1, masked(1, "hello").substr(0, 4)) + get(3) + data(1, masked(1, "hello").substr(4)));
  CHECK(has(bench.told, "head 3"));
  CHECK(has(bench.told, "message 1 hel"));
  bench.codec.piece(1, as_bytes("world"), MessageKind::text, Last::yes);
  CHECK(has(bench.heard(), "data 1 \"\x81\x05world\""));
  CHECK(bench.drained_bytes[1] == 5);
  bench.hear(data(1, masked(8, "\x03\xe8")));
  CHECK(has(bench.told, "end 1 close-code=1000"));
  bench.say_end(1);
  CHECK(has(bench.heard() + bench.client.text(), "end"));
  bench.hear(data(1, "", kEndStream));
  bench.hear(frame(kPing, kNone, 0, "12345678"));
  CHECK(has(bench.client.text(), "pong"));
}

TEST_CASE("h2: a WebSocket that the worker refuses, gives up, or whose client leaves") {
  {
    Silent bench;
    bench.hear(kChat);
    bench.say_head(1, {{":status", "403"}});
    bench.say_data(1, "no");
    bench.say_end(1);
    CHECK(bench.heard() == "headers 1 :status=403 · data 1 \"no\" end");
  }
  {
    Silent bench;
    bench.hear(kChat);
    bench.say_head(1);
    bench.codec.reset(1, {Fault::backend, Code::backend_lost, false, ""});
    CHECK(has(bench.heard(), "\x88"));
  }
  for (const std::string& leaves : {rst(1), data(1, "", kEndStream)}) {
    Silent bench;
    bench.hear(kChat);
    bench.say_head(1);
    bench.flush();
    bench.hear(leaves);
    CHECK(has(bench.told, "reset 1"));
    CHECK(bench.last_code == Code::cancelled);
  }
}

namespace {

// A WebSocket whose client has said a message that needs more credit than there is, and then what is told here.
struct Waiting : Silent {
  explicit Waiting(const std::string& then, unsigned flags = kNone) {
    hear(headers(1, with(kChatFields, {{"sec-websocket-extensions", "permessage-deflate"}}), kEndHeaders));
    say_head(1);
    heard();
    test::ClientDeflate deflate;
    const auto message = deflate.message(std::string(100'000, 'm'));
    hear(test::h2::data(1, test::frame(test::kBinary, message, {.reserved = 4}) + then, flags));
    CHECK(has(told, "message 1 mmm"));
    CHECK_FALSE(has(told, "last"));
    told.clear();
  }
};

}  // namespace

TEST_CASE("h2: what a WebSocket's client said before its END_STREAM is told, credit or none") {
  for (const bool closes : {true, false}) {
    Waiting bench(closes ? test::close_frame(1000) : "", kEndStream);
    CHECK(bench.told.empty());
    bench.codec.credit(1, 100'000);
    bench.flush();
    CHECK(bench.told.substr(bench.told.find("mmm last")) ==
          (closes ? "mmm last · end 1 close-code=1000" : "mmm last · reset 1 " + kCancelled));
    if (closes) bench.say_end(1);
    const std::string end = "data 1 \"\" end";
    CHECK(bench.heard() == (closes ? "data 1 \"\x88\x02\x03\xe8\" · " : "") + end);
    CHECK(bench.codec.phase() == CodecPhase::idle);
  }
}

TEST_CASE("h2: a WebSocket's Close that waits for credit is read when nothing wants credit any more") {
  for (const bool is_lost : {false, true}) {
    Waiting bench(test::close_frame(1000));
    if (is_lost) {
      bench.codec.reset(1, {Fault::backend, Code::backend_lost, false, ""});
    } else {
      bench.say_end(1);
    }
    CHECK(has(bench.heard(), is_lost ? "data 1 \"\x88\x02\x03\xf3\" end" : "data 1 \"\x88\x02\x03\xe8\" end"));
    CHECK(bench.told.empty());
  }
}

TEST_CASE("h2: a WebSocket's Close that waits for credit is read when the router leaves") {
  Waiting bench(test::close_frame(1000));
  bench.codec.drain();
  CHECK(has(bench.heard(), "data 1 \"\x88\x02\x03\xe9\""));
  CHECK(bench.told == "end 1 close-code=1000");
  bench.say_end(1);
  CHECK(has(bench.heard(), "data 1 \"\" end"));
}

TEST_CASE("h2: a worker that took a WebSocket and does not answer is given up, unless that is switched off") {
  for (const Millis limit : {2000ms, 0ms}) {
    Silent bench;
    bench.web_sockets.open_handshake_timeout = limit;
    bench.hear(kChat);
    Time now = Time{} + 1h;
    const auto wait = [&](Millis time) {
      for (const Time end = now + time; now < end; now += 250ms) static_cast<void>(bench.codec.tick(now, bench));
    };
    wait(3s);  // for a worker: the queue's business
    bench.codec.credit(1, 0);
    wait(1500ms);
    CHECK(bench.told == kChatTold);
    wait(1s);
    const bool is_off = limit == 0ms;
    CHECK(bench.told == kChatTold + (is_off ? "" : " · reset 1 " + kCancelled));
    CHECK(bench.heard() == (is_off ? "" : "rst 1 INTERNAL_ERROR"));
  }
}

TEST_CASE("h2: a WebSocket that breaks a rule gets a Close and its stream's end; with fail_by_drop the end alone") {
  for (const bool drops : {false, true}) {
    Silent bench;
    bench.web_sockets.fail_by_drop = drops;
    bench.hear(kChat);
    bench.say_head(1);
    bench.heard();
    bench.hear(data(1, masked(3, "") + masked(9, "")));
    CHECK(has(bench.told, "reset 1"));
    const std::string heard = bench.heard();
    CHECK(has(heard, "\x03\xea") != drops);
    CHECK(heard.ends_with("end"));
    CHECK_FALSE(has(heard, "rst"));
  }
}

TEST_CASE("h2: a WebSocket's client has window for what was read") {
  Silent bench;
  bench.hear(kChat);
  bench.say_head(1);
  bench.flush();
  for (int piece = 0; piece < 300; ++piece) bench.hear(data(1, masked(2, std::string(120, 'x'))));
  CHECK(has(bench.client.text(), "window 1"));
}

TEST_CASE("h2: a WebSocket's client that pings and reads no pong runs out of window") {
  Silent bench({}, settings({{4, 0}}));
  bench.hear(kChat);
  bench.say_head(1);
  bench.heard();
  const std::string ping = data(1, masked(9, std::string(125, 'x')));
  std::size_t said = 0;
  for (std::size_t window = kOpeningWindow; window >= ping.size() && said < 10 * kOpeningWindow;) {
    bench.hear(ping);
    said += ping.size() - kFrameHeaderSize;
    window -= ping.size() - kFrameHeaderSize;
    const std::string answer = bench.client.take();
    if (answer.starts_with("window 1 ")) window += std::stoul(answer.substr(9));
  }
  CHECK(said > kOpeningWindow / 2);
  CHECK(said < 4 * kOpeningWindow);
  bench.hear(window_update(1, 10 * kOpeningWindow));
  CHECK(has(bench.client.text(), "window 1 "));
}

TEST_CASE("h2: the client takes a request back") {
  Silent bench;
  bench.hear(get(1) + rst(1));
  CHECK(has(bench.told, "end 1 · reset 1"));
  CHECK(bench.last_code == Code::cancelled);
  bench.say_head(1);  // late
  bench.say_end(1);
  CHECK(bench.heard() == "");
  CHECK(bench.codec.phase() == CodecPhase::idle);
}

TEST_CASE("h2: the worker fails") {
  Silent bench;
  bench.hear(get(1) + get(3) + get(5));
  bench.say_head(1);
  bench.say_data(1, "part");
  CHECK(bench.heard() == "headers 1 :status=200 · data 1 \"part\"");
  bench.codec.reset(1, {Fault::backend, Code::backend_lost, false, ""});
  bench.codec.reset(3, {Fault::router, Code::no_backend, false, ""});
  bench.say_end(5);  // without a head
  CHECK(bench.heard() == "rst 1 INTERNAL_ERROR · rst 3 INTERNAL_ERROR · rst 5 INTERNAL_ERROR");
  CHECK(bench.told.find("reset") == std::string::npos);
}

TEST_CASE("h2: a reply is taken back while nothing of it has left") {
  Silent bench;
  bench.hear(get(1) + get(3));
  CHECK_FALSE(bench.codec.take_back(1));  // nothing was said
  bench.say_head(1, {{":status", "200"}, {"x-of", "the first"}});
  bench.say_data(1, "begun");
  bench.say_head(3, {{":status", "200"}, {"x-of", "another"}});
  CHECK(bench.codec.take_back(1));
  CHECK_FALSE(bench.codec.take_back(1));
  bench.say_head(1, {{":status", "201"}, {"x-of", "the second"}});
  bench.say_data(1, "whole");
  bench.codec.flush(0, bench);  // nothing may leave
  CHECK(bench.codec.take_back(3));
  CHECK(bench.heard() == "headers 1 :status=201 x-of=the second · data 1 \"whole\"");
  CHECK_FALSE(bench.codec.take_back(1));  // the client has it
  bench.say_end(1);
  bench.say_head(3, {{":status", "502"}});
  bench.say_data(3, "gone");
  bench.say_end(3);
  CHECK_FALSE(bench.codec.take_back(3));  // it is over
  CHECK(bench.heard() == "headers 3 :status=502 · data 1 \"\" end · data 3 \"gone\" end");
  CHECK(bench.drained_bytes == std::map<CodecStream, std::size_t>{{1, 5}});
}

TEST_CASE("h2: a reply that fails before its head has left leaves no head behind") {
  Silent bench;
  bench.hear(get(1) + get(3));
  bench.say_head(1);
  bench.codec.reset(1, {Fault::backend, Code::backend_reset, false, ""});
  bench.say_head(3);
  static_cast<void>(bench.codec.read(as_bytes(rst(3)), bench));
  CHECK(bench.heard() == "rst 1 INTERNAL_ERROR");
  CHECK(bench.codec.phase() == CodecPhase::idle);
}

TEST_CASE("h2: a WebSocket that was accepted is not taken back") {
  Silent bench;
  bench.hear(kChat);
  bench.say_head(1);
  CHECK_FALSE(bench.codec.take_back(1));
  CHECK(has(bench.heard(), "headers 1 :status=200"));
}

TEST_CASE("h2: a malformed message after its head was told takes the request back") {
  Silent bench;
  bench.hear(headers(1, with(kPost, {{"content-length", "2"}}), kEndHeaders) + data(1, "x", kEndStream));
  CHECK(has(bench.heard() + bench.told, "reset 1"));
  CHECK(bench.last_code == Code::cancelled);
}

TEST_CASE("h2: an early reply ends the stream, and then the request (RFC 9113 §8.1)") {
  Silent bench;
  bench.hear(post(1) + data(1, "x"));
  bench.say_head(1, {{":status", "403"}}, Last::yes);
  bench.say_end(1);
  CHECK(has(bench.heard(), "headers 1 :status=403 end"));
  bench.hear(data(1, "more"));
  CHECK(bench.told.find("reset") == std::string::npos);
  CHECK(bench.bodies[1] == "x");
  const Time now{10s};
  static_cast<void>(bench.codec.tick(now, bench));
  CHECK(bench.heard() == "rst 1 NO_ERROR");
  bench.hear(data(1, "on its way", kEndStream));
  bench.hear(frame(kPing, kNone, 0, "12345678"));
  CHECK(bench.client.text() == "pong 12345678");
}

TEST_CASE("h2: early replies in great number are not waited for") {
  Silent bench;
  std::string all;
  for (std::uint32_t id = 1; id < 2 * kMaxLingeringStreams + 4; id += 2) all += post(id);
  bench.hear(all);
  for (std::uint32_t id = 1; id < 2 * kMaxLingeringStreams + 4; id += 2) {
    bench.say_head(id, {{":status", "403"}}, Last::yes);
    bench.say_end(id);
  }
  CHECK(has(bench.heard(), "NO_ERROR"));
}

TEST_CASE("h2: replies wait for the client's window and are credited as they leave") {
  Silent bench({}, settings({{4, 100}}));
  bench.hear(get(1) + get(3));
  bench.say_head(1);
  bench.say_data(1, std::string(250, 'a'));
  bench.say_head(3);
  bench.say_data(3, "hello");
  bench.say_end(3);
  CHECK(has(bench.heard(), "data 3 \"hello\" end"));  // though stream 1 is stuck
  CHECK(bench.drained_bytes[1] == 100);
  CHECK(bench.drained_bytes[3] == 0);  // nobody wants to hear of it any more
  bench.hear(window_update(1, 120));
  CHECK(bench.client.take() == "data 1 120");
  CHECK(bench.drained_bytes[1] == 220);
  bench.say_end(1);
  bench.hear(window_update(1, 100));
  CHECK(bench.client.take() == "data 1 \"" + std::string(30, 'a') + "\" end");
}

TEST_CASE("h2: no more leaves than there is room for") {
  Silent bench({}, settings({{4, 1 << 20}}));
  bench.hear(get(1) + window_update(0, 1 << 20));
  bench.say_head(1);
  bench.say_data(1, std::string(200'000, 'a'));
  bench.say_end(1);
  bench.flush(1'000);
  const std::size_t first = bench.client.data_bytes;
  CHECK(first <= 16'384);
  bench.flush(0);
  CHECK(bench.client.data_bytes == first);
  while (bench.codec.flush(40'000, bench)) {
    CHECK(bench.codec.output().size() < 60'000);
    bench.client.read(bench.codec.output());
    bench.codec.output().clear();
  }
  bench.flush();
  CHECK(bench.client.data_bytes == 200'000);
  CHECK(has(bench.client.text(), "end"));
}

TEST_CASE("h2: a stream reset while a frame of it waits for room leaves no broken frame") {
  Silent bench({}, settings({{4, 1 << 20}}));
  bench.hear(get(1) + get(3));
  bench.say_head(1);
  bench.say_data(1, std::string(100'000, 'a'));
  bench.flush(100);
  bench.codec.reset(1, {Fault::backend, Code::backend_lost, false, ""});
  bench.say_head(3);
  bench.say_end(3);
  CHECK(has(bench.heard(), "rst 1 INTERNAL_ERROR"));
  bench.hear(frame(kPing, kNone, 0, "12345678"));
  CHECK(has(bench.heard() + bench.client.take(), ""));
  bench.hear(get(5) + frame(kPing, kNone, 0, "abcdefgh"));
  CHECK(has(bench.client.text(), "pong abcdefgh"));
}

TEST_CASE("h2: request bodies have 64 KiB, and then what is credited") {
  Silent bench;
  bench.credits = false;
  bench.hear(post(1));
  for (int piece = 0; piece < 4; ++piece) bench.hear(data(1, std::string(16'384, 'x')));
  CHECK(bench.heard() == "");
  bench.codec.credit(1, 1'000);
  CHECK(bench.heard() == "window 1 1000");
  bench.hear(data(1, std::string(1'000, 'x'), kEndStream));
  CHECK(bench.bodies[1].size() == 66'536);
  bench.codec.credit(1, 5);  // nobody needs it
  CHECK(bench.heard() == "");
}

TEST_CASE("h2: urgent replies leave first, incremental ones take turns (RFC 9218 §10)") {
  Silent bench({}, settings({{4, 1 << 20}}));
  bench.hear(window_update(0, 1 << 20) + headers(1, with(kGet, {{"priority", "u=5"}}), kWhole) +
             headers(3, with(kGet, {{"priority", "u=1"}}), kWhole) +
             headers(5, with(kGet, {{"priority", "u=6, i"}}), kWhole) +
             headers(7, with(kGet, {{"priority", "u=6, i"}}), kWhole));
  for (const CodecStream id : {1U, 3U, 5U, 7U}) {
    bench.say_head(id);
    bench.say_data(id, std::string(32'768, 'a'));
    bench.say_end(id);
  }
  const std::string heard = bench.heard();
  CHECK(heard.find("data 3 16384 end") < heard.find("data 1 "));
  CHECK(heard.find("data 1 16384 end") < heard.find("data 5 "));
  CHECK(heard.find("data 7 ") < heard.find("data 5 16384 end"));
  CHECK(heard.find("data 5 ") < heard.find("data 7 16384 end"));
}

TEST_CASE("h2: PRIORITY_UPDATE moves a reply (RFC 9218 §7.1)") {
  Silent bench({}, settings({{4, 1 << 20}}));
  bench.hear(get(1) + get(3) + frame(0x10, 0, 0, number(3, 4) + "u=0"));
  for (const CodecStream id : {1U, 3U}) {
    bench.say_head(id);
    bench.say_data(id, std::string(100, 'a'));
    bench.say_end(id);
  }
  const std::string heard = bench.heard();
  CHECK(heard.find("data 3 ") < heard.find("data 1 "));
}

TEST_CASE("h2: draining says GOAWAY twice, and finishes what is open (RFC 9113 §6.8)") {
  Silent bench;
  bench.hear(get(1));
  bench.codec.drain();
  CHECK(bench.heard() == "goaway NO_ERROR after 2147483647 · ping");
  bench.hear(get(3));  // was on its way
  CHECK(has(bench.told, "head 3"));
  bench.hear(frame(kPing, kAck, 0, std::string(8, '\0')));
  CHECK(bench.client.take() == "goaway NO_ERROR after 3");
  bench.hear(get(5));  // too late
  CHECK_FALSE(has(bench.told, "head 5"));
  for (const CodecStream id : {1U, 3U}) {
    CHECK(bench.codec.phase() != CodecPhase::closed);
    bench.say_head(id, {{":status", "200"}}, Last::yes);
    bench.say_end(id);
    bench.flush();
  }
  CHECK(bench.client.text() == "headers 1 :status=200 end · headers 3 :status=200 end");
  CHECK(bench.codec.phase() == CodecPhase::closed);
  CHECK(bench.breaks == 0);
}

TEST_CASE("h2: a WebSocket is handed over by its own Close, without GOAWAY") {
  Silent bench;
  bench.hear(kChat + get(3));
  bench.say_head(1);
  static_cast<void>(bench.heard());
  bench.codec.hand_over(1);
  CHECK(bench.heard() == "data 1 \"\x88\x02\x03\xf4\"");
  bench.hear(data(1, test::close_frame(1012)));
  CHECK(has(bench.told, "end 1 close-code=1012"));
  bench.hear(get(5));
  CHECK(has(bench.told, "head 5"));
}

TEST_CASE("h2: another stream is handed over by GOAWAY, and what is open goes on, WebSockets too") {
  Silent bench;
  bench.hear(kChat + get(3));
  bench.say_head(1);
  bench.say_head(3);
  static_cast<void>(bench.heard());
  bench.codec.hand_over(3);
  CHECK(bench.heard() == "goaway NO_ERROR after 2147483647 · ping");
  bench.say_data(3, "more");
  CHECK(bench.heard() == "data 3 \"more\"");
  bench.codec.hand_over(3);
  CHECK(bench.heard() == "");
  bench.codec.drain();  // now the router leaves
  CHECK(bench.heard() == "data 1 \"\x88\x02\x03\xe9\"");
}

TEST_CASE("h2: an idle connection is left with GOAWAY") {
  Silent bench;
  CHECK(bench.codec.phase() == CodecPhase::idle);
  bench.codec.timed_out(bench);
  CHECK(bench.heard() == "goaway NO_ERROR after 0");
  CHECK(bench.codec.phase() == CodecPhase::closed);
  CHECK(bench.breaks == 0);
}

TEST_CASE("h2: a preface or a head that comes too slowly") {
  {
    Bench bench;
    bench.hear(kMagic.substr(0, 20));
    CHECK(bench.codec.phase() == CodecPhase::head);
    bench.codec.timed_out(bench);
    bench.flush();
    CHECK(has(bench.client.text(), "goaway SETTINGS_TIMEOUT"));
  }
  Silent bench;
  bench.hear(frame(kHeaders, kEndStream, 1, block(kGet).substr(0, 5)));
  CHECK(bench.codec.phase() == CodecPhase::head);
  bench.codec.timed_out(bench);
  CHECK(has(bench.heard(), "goaway ENHANCE_YOUR_CALM"));
  CHECK(bench.codec.phase() == CodecPhase::closed);
}

TEST_CASE("h2: a client that does not read one reply loses that one") {
  HttpLimits limits;
  limits.send_timeout = 1s;
  limits.send_rate = 0;  // silence alone
  Silent bench(limits, settings({{4, 10}}));
  bench.hear(get(1) + get(3));
  Time now{100s};
  static_cast<void>(bench.codec.tick(now, bench));
  for (const CodecStream id : {1U, 3U}) {
    bench.say_head(id);
    bench.say_data(id, std::string(100, 'a'));
  }
  for (int look = 0; look < 8; ++look) {
    bench.heard();
    bench.hear(window_update(3, 1));  // slow, but it reads
    now = bench.codec.tick(now + 250ms, bench);
    now -= 250ms;
  }
  CHECK(has(bench.told, "reset 1"));
  CHECK_FALSE(has(bench.told, "reset 3"));
}

TEST_CASE("h2: a reply that is taken more slowly than the least rate is given up, however steadily") {
  HttpLimits limits;
  limits.send_timeout = 10s;
  limits.send_rate = 100;
  Silent bench(limits, settings({{4, 10}}));
  const CodecStream ids[] = {1, 3, 5, 7, 9};
  for (const CodecStream id : ids) {
    bench.hear(get(id));
    bench.say_head(id);
  }
  bench.say_data(1, std::string(50'000, 'a'));  // taken a byte at a time
  bench.say_data(3, std::string(50'000, 'a'));  // taken at 120 bytes a second
  bench.say_data(5, std::string(10, 'a'));      // taken; then its worker has nothing to say
  bench.say_data(7, std::string(9, 'a'));       // the same, and a window is left
  bench.hear(window_update(9, 60'000));
  bench.say_data(9, std::string(50'000, 'a'));  // whole, from the start
  Time now{100s};
  const auto pass = [&](int looks) {
    for (int look = 0; look < looks; ++look) {
      bench.heard();
      bench.hear(window_update(1, 1) + window_update(3, 30));
      static_cast<void>(bench.codec.tick(now += 250ms, bench));
    }
  };
  pass(36);
  CHECK_FALSE(has(bench.told, "reset"));
  pass(6);
  CHECK(has(bench.told, "reset 1 "));
  CHECK(has(bench.details, "the client does not read"));
  pass(200);
  for (const CodecStream id : {3U, 5U, 7U, 9U}) CHECK_FALSE(has(bench.told, "reset " + std::to_string(id) + " "));
  bench.say_data(5, "more");  // and now it waits
  pass(36);
  CHECK_FALSE(has(bench.told, "reset 5"));
  pass(6);
  CHECK(has(bench.told, "reset 5"));
}

TEST_CASE("h2: replies that share a slow connection wait for each other; one that is hardly read has none left") {
  HttpLimits limits;
  limits.send_timeout = 10s;
  limits.send_rate = 100;
  const auto resets_at = [&](std::uint32_t bytes_a_look) {
    Silent bench(limits, settings({{4, 1'000'000}}));
    for (const CodecStream id : {1U, 3U, 5U}) {
      bench.hear(get(id));
      bench.say_head(id);
      bench.say_data(id, std::string(200'000, 'a'));
    }
    Time now{100s};
    for (int look = 0; look < 100; ++look) {
      bench.heard();
      bench.hear(window_update(0, bytes_a_look));  // the connection's
      static_cast<void>(bench.codec.tick(now += 250ms, bench));
    }
    return static_cast<int>(has(bench.told, "reset 1 ")) + has(bench.told, "reset 3 ") + has(bench.told, "reset 5 ");
  };
  CHECK(resets_at(26) == 0);  // 104 bytes a second for all three
  CHECK(resets_at(1) == 3);
}

TEST_CASE("h2: a client that stops in a body gets 408") {
  HttpLimits limits;
  limits.body_timeout = 1s;
  limits.body_rate = 0;  // silence alone
  Silent bench(limits);
  bench.hear(post(1) + post(3) + get(5));
  Time now{100s};
  for (int look = 0; look < 8; ++look) {
    bench.hear(data(3, "x"));
    now += 250ms;
    static_cast<void>(bench.codec.tick(now, bench));
  }
  CHECK(bench.last_code == Code::request_timeout);
  CHECK(has(bench.told, "reset 1"));
  CHECK_FALSE(has(bench.told, "reset 3"));
  CHECK_FALSE(has(bench.told, "reset 5"));
}

TEST_CASE("h2: a body that comes more slowly than the least rate gets 408, however steadily") {
  HttpLimits limits;
  limits.body_timeout = 10s;
  limits.body_rate = 100;
  Silent bench(limits);
  bench.credits = false;
  const auto call = with(kPost, {{"content-type", "application/grpc+proto"}, {"te", "trailers"}});
  const auto page = with(kPost, {{"content-type", "application/grpc-web"}, {"te", "trailers"}});
  const auto claimed = with(kPost, {{"content-type", "application/grpc"}});
  const auto patient = with(kPost, {{"expect", "100-continue"}});
  bench.hear(post(1) + post(3) + headers(5, call, kEndHeaders) + headers(7, page, kEndHeaders) +
             headers(9, patient, kEndHeaders) + post(11) + post(13) + headers(15, claimed, kEndHeaders));
  bench.say_head(11);
  bench.hear(data(13, std::string(kOpeningWindow / 4, 'x')) + data(13, std::string(kOpeningWindow / 4, 'x')) +
             data(13, std::string(kOpeningWindow / 4, 'x')) + data(13, std::string(kOpeningWindow / 4, 'x')));
  Time now{100s};
  const auto pass = [&](int looks) {
    for (int look = 0; look < looks; ++look) {
      bench.hear(data(1, std::string(30, 'x')));  // 120 bytes a second
      for (const CodecStream id : {3U, 5U, 7U, 11U, 15U}) bench.hear(data(id, "x"));
      now += 250ms;
      static_cast<void>(bench.codec.tick(now, bench));
    }
  };
  pass(36);
  CHECK_FALSE(has(bench.told, "reset"));
  pass(6);
  CHECK(has(bench.told, "reset 3"));
  CHECK(has(bench.told, "reset 7"));
  CHECK(has(bench.told, "reset 15"));  // a gRPC client takes trailers
  CHECK(bench.last_code == Code::request_timeout);
  pass(80);
  CHECK_FALSE(has(bench.told, "reset 1 "));
  CHECK_FALSE(has(bench.told, "reset 5"));   // a gRPC call
  CHECK_FALSE(has(bench.told, "reset 9"));   // its 100 is withheld
  CHECK_FALSE(has(bench.told, "reset 11"));  // its reply has begun
  CHECK_FALSE(has(bench.told, "reset 13"));  // it has no credit
}

TEST_CASE("h2: so many gRPC calls of a connection may be slower than the least rate, no more") {
  HttpLimits limits;
  limits.body_timeout = 10s;
  limits.body_rate = 100;
  const auto count_refused = [&](std::uint32_t calls) {
    Silent bench(limits);
    bench.credits = false;
    const auto call = with(kPost, {{"content-type", "application/grpc"}, {"te", "trailers"}});
    const auto id_of = [](std::uint32_t n) { return 2 * n + 1; };
    for (std::uint32_t n = 0; n < calls; ++n) bench.hear(headers(id_of(n), call, kEndHeaders));
    Time now{100s};
    for (int look = 0; look < 100; ++look) {
      for (std::uint32_t n = 0; n < calls; ++n) bench.hear(data(id_of(n), "x"));
      static_cast<void>(bench.codec.tick(now += 250ms, bench));
    }
    std::uint32_t refused = 0;
    for (std::uint32_t n = 0; n < calls; ++n) {
      refused += has(bench.told, "reset " + std::to_string(id_of(n)) + " ") ? 1 : 0;
    }
    return refused;
  };
  CHECK(count_refused(kMaxSlowCalls) == 0);
  CHECK(count_refused(kMaxSlowCalls + 3) == 3);
}

TEST_CASE("h2: no time runs against a silent body beside a begun reply, or while 100 Continue is withheld") {
  HttpLimits limits;
  limits.body_timeout = 1s;
  Silent bench(limits);
  bench.hear(post(1) + headers(3, with(kPost, {{"expect", "100-continue"}}), kEndHeaders));
  bench.say_head(1);
  Time now{100s};
  const auto pass = [&] {
    for (int look = 0; look < 8; ++look) static_cast<void>(bench.codec.tick(now += 250ms, bench));
  };
  pass();
  CHECK_FALSE(has(bench.told, "reset"));
  bench.codec.credit(3, 10);  // which says 100
  pass();
  CHECK(has(bench.told, "reset 3"));
  CHECK_FALSE(has(bench.told, "reset 1"));
}

TEST_CASE("h2: the client closes its side: complete requests are answered, then the connection closes") {
  Silent bench;
  bench.hear(get(1) + headers(3, kPost, kEndHeaders) + get(5));
  bench.codec.input_ended(bench);
  bench.flush();
  CHECK_FALSE(has(bench.told, "reset 1 "));
  CHECK(has(bench.told, "reset 3 "));
  CHECK_FALSE(has(bench.told, "reset 5 "));
  CHECK(bench.codec.phase() == CodecPhase::timed);
  for (const CodecStream stream : {1U, 5U}) {
    Head reply{{":status", "200"}};
    Head no_trailers;
    bench.codec.head(stream, reply, Last::no);
    bench.codec.data(stream, as_bytes("here"));
    bench.codec.end(stream, no_trailers);
    bench.flush();
    CHECK(bench.codec.phase() == (stream == 5 ? CodecPhase::closed : CodecPhase::timed));
  }
  CHECK(has(bench.client.text(), "headers 5 :status=200"));
}

TEST_CASE("h2: the client closes its side while nothing can be answered") {
  Silent idle;
  idle.codec.input_ended(idle);
  CHECK(idle.codec.phase() == CodecPhase::closed);
  Silent incomplete;
  incomplete.hear(headers(1, kPost, kEndHeaders));
  incomplete.codec.input_ended(incomplete);
  CHECK(has(incomplete.told, "reset 1 "));
  incomplete.flush();
  CHECK(incomplete.codec.phase() == CodecPhase::closed);
}
