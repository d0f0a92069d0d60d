// HTTP/2 to an origin: against the codec's own server role, and against frames by hand where an origin misbehaves.
#include "router/http/h2_client_codec.h"

#include <doctest/doctest.h>

#include <set>

#include "proto/limits.h"
#include "router/http/h2_codec.h"
#include "tests/http/h2_client.h"
#include "tests/http/reply_recorder.h"
#include "tests/support/chopper.h"

namespace zeroway::test {
namespace {

using namespace std::string_literals;
using End = ClientCodec::InputEnd;

const Head kGet{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
const Head kPost{{":method", "POST"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
const std::string kSettings = h2::frame(h2::kSettings, 0, 0, "");

std::string many(std::size_t size) { return std::string(size, '*'); }

// An origin that is the codec's server role, and notes what it was asked.
class Origin : public CodecEvents {
 public:
  RequestTerms head(CodecStream stream, Head& head, Last last, Kind) override {
    note("head");
    for (const Field field : head) told += " " + std::string(field.name) + "=" + std::string(field.value);
    if (last == Last::yes) told += " last";
    newest = stream;
    ++heads;
    return {};
  }
  void data(CodecStream stream, Bytes bytes) override {
    body += bytes.size();
    if (gives_credit) codec.credit(stream, static_cast<std::uint32_t>(bytes.size()));
  }
  void end(CodecStream, Head& trailers) override {
    note("end");
    for (const Field field : trailers) told += " " + std::string(field.name) + "=" + std::string(field.value);
  }
  void reset(CodecStream, const Error& error) override { note("reset " + error.detail); }
  void broken(const Error& error, Breach) override { note("broken " + error.detail); }

  void say(Head head, Last last, std::string_view bytes = {}, Head trailers = {}) {
    codec.head(newest, head, last);
    if (!bytes.empty()) codec.data(newest, as_bytes(bytes));
    codec.end(newest, trailers);
  }
  std::string out() {
    codec.flush(1 << 20, *this);
    return std::exchange(codec.output(), {});
  }
  [[nodiscard]] std::string taken() { return std::exchange(told, {}); }

  HttpLimits limits;
  H2Codec codec{limits, "http"};
  CodecStream newest = 0;
  std::size_t heads = 0, body = 0;
  bool gives_credit = true;
  std::string told;

 private:
  void note(const std::string& what) { told += (told.empty() ? "" : " · ") + what; }
};

struct Road {
  CodecStream get() { return codec.open(kGet, Last::yes, Kind::request); }
  std::string sent() {
    std::string all;
    while (!codec.output().empty()) {
      const auto part = std::exchange(codec.output(), {});
      codec.written(part.size(), verbs);
      all += part;
    }
    return all;
  }
  void pump() {
    for (;;) {
      const auto there = sent();
      (void)origin.codec.read(as_bytes(there), origin);
      const auto back = origin.out();
      (void)codec.read(as_bytes(back), verbs);
      if (there.empty() && back.empty()) return;
    }
  }
  void feed(std::string_view bytes) { CHECK(codec.read(as_bytes(bytes), verbs) == bytes.size()); }

  ClientCodecSettings settings;
  H2ClientCodec codec{settings};
  ReplyRecorder verbs;
  Origin origin;
};

std::string headers(std::uint32_t id, unsigned flags, const std::vector<h2::Pair>& fields) {
  return h2::headers(id, fields, flags | h2::kEndHeaders);
}

// --- requests and replies

TEST_CASE("h2 client: a request without and one with a body, their replies with trailers") {
  Road pair;
  (void)pair.get();
  pair.pump();
  CHECK(pair.origin.taken() == "head :method=GET :scheme=http :authority=a :path=/ last · end");
  pair.origin.say({{":status", "200"}, {"x", "1"}}, Last::no, "hello", {{"grpc-status", "0"}});
  pair.pump();
  CHECK(pair.verbs.text() == "head 200 x=1 · data \"hello\" · end grpc-status=0");

  const auto stream = pair.codec.open(kPost, Last::no, Kind::request);
  pair.codec.data(stream, as_bytes("hel"));
  pair.pump();
  pair.codec.data(stream, as_bytes("lo"));
  pair.codec.end(stream, Head{{"x-sum", "1"}, {"content-length", "5"}, {"connection", "x"}});
  pair.pump();
  CHECK(pair.origin.taken() == "head :method=POST :scheme=http :authority=a :path=/ · end x-sum=1");
  CHECK(pair.origin.body == 5);
  pair.origin.say({{":status", "204"}}, Last::yes);
  pair.pump();
  CHECK(pair.verbs.text() == "head 204 last · end");
  CHECK(pair.verbs.credited == 5);
  CHECK_FALSE(pair.codec.is_finished());
}

TEST_CASE("h2 client: fields of a connection and a second host are not sent, TE: trailers is") {
  Road pair;
  Head head = kGet;
  for (const Field& field :
       {Field{"host", "b"}, Field{"connection", "x"}, Field{"keep-alive", "1"}, Field{"upgrade", "h2c"},
        Field{"te", "trailers"}, Field{"expect", "100-continue"}, Field{"x", "1"}}) {
    head.add(field.name, field.value);
  }
  (void)pair.codec.open(head, Last::yes, Kind::request);
  pair.pump();
  CHECK(pair.origin.taken() == "head :method=GET :scheme=http :authority=a :path=/ te=trailers x=1 last · end");
}

TEST_CASE("h2 client: END_STREAM on the head stays on the head, in both directions (gRPC's trailers-only)") {
  Road pair;
  const auto stream = pair.get();
  const auto bytes = pair.sent();
  CHECK(bytes.find(h2::frame(h2::kData, h2::kEndStream, stream, "")) == std::string::npos);
  pair.feed(kSettings + headers(stream, h2::kEndStream, {{":status", "200"}, {"grpc-status", "5"}}));
  CHECK(pair.verbs.text() == "head 200 grpc-status=5 last · end");
}

TEST_CASE("h2 client: interim heads, cookies and padding, however the bytes are cut") {
  const std::string bytes =
      kSettings + headers(1, 0, {{":status", "100"}}) + headers(1, 0, {{":status", "103"}, {"link", "</a>"}}) +
      headers(1, 0, {{":status", "200"}, {"set-cookie", "a=1"}, {"set-cookie", "b=2"}}) +
      h2::frame(h2::kData, h2::kPadded, 1, std::string("\3hel") + "\0\0\0"s) + h2::frame(h2::kData, 0, 1, "lo") +
      headers(1, h2::kEndStream, {{"x-sum", "1"}, {"content-length", "5"}});
  for_each_chopping(bytes, [&](const Chopping& chopping) {
    CAPTURE(chopping.name);
    Road pair;
    (void)pair.get();
    (void)pair.sent();
    for (const auto piece : chopping.pieces) pair.feed(piece);
    CHECK(pair.verbs.text() ==
          "head 100 · head 103 link=</a> · head 200 set-cookie=a=1 set-cookie=b=2 · data \"hello\" · end x-sum=1");
  });
}

TEST_CASE("h2 client: a head in many pieces is read, a flood of CONTINUATION frames is not") {
  std::string bytes = kSettings + h2::frame(h2::kHeaders, h2::kEndStream, 1, h2::field(":status", "200"));
  for (int i = 0; i < 9; ++i) bytes += h2::frame(h2::kContinuation, 0, 1, h2::field("a", many(30)));
  bytes += h2::frame(h2::kContinuation, h2::kEndHeaders, 1, h2::field("b", "c"));
  for_each_chopping(bytes, [&](const Chopping& chopping) {
    CAPTURE(chopping.name);
    Road pair;
    (void)pair.get();
    (void)pair.sent();
    for (const auto piece : chopping.pieces) pair.feed(piece);
    CHECK(pair.verbs.text().ends_with(" b=c last · end"));
  });
  Road pair;
  (void)pair.get();
  (void)pair.sent();
  pair.feed(kSettings + h2::frame(h2::kHeaders, h2::kEndStream, 1, h2::field(":status", "200")));
  for (int i = 0; i < 11'000; ++i) (void)pair.codec.read(as_bytes(h2::frame(h2::kContinuation, 0, 1, "")), pair.verbs);
  CHECK(pair.verbs.text() == "reset backend_protocol");
  CHECK(pair.codec.is_finished());
}

// --- windows

TEST_CASE("h2 client: a body goes out as the origin's windows allow, and its credit is what has left") {
  Road pair;
  pair.pump();
  pair.origin.gives_credit = false;
  const auto stream = pair.codec.open(kPost, Last::no, Kind::request);
  pair.codec.data(stream, as_bytes(many(kOpeningWindow)));
  pair.pump();
  CHECK(pair.verbs.credited == kOpeningWindow);
  pair.codec.data(stream, as_bytes(many(kOpeningWindow)));
  pair.pump();
  CHECK(pair.verbs.credited == kOpeningWindow);
  CHECK(pair.origin.body == kOpeningWindow);
  pair.origin.codec.credit(stream, 1'000);
  pair.pump();
  CHECK(pair.verbs.credited == kOpeningWindow + 1'000);
}

TEST_CASE("h2 client: a reply stops at its credit, and another stream goes on") {
  Road pair;
  const auto first = pair.get();
  pair.pump();
  std::size_t told = 0;
  pair.verbs.on_data = [&](CodecStream id, Bytes bytes) { told += id == first ? bytes.size() : 0; };
  pair.origin.say({{":status", "200"}}, Last::no, many(200'000));
  pair.pump();
  CHECK(told == kFirstReplyWindow);
  (void)pair.verbs.text();
  (void)pair.get();
  pair.pump();
  pair.origin.say({{":status", "200"}}, Last::no, "hello");
  pair.pump();
  CHECK(pair.verbs.text() == "head 200 · data \"hello\" · end");
  pair.codec.credit(first, 100'000);
  pair.pump();
  CHECK(told == kFirstReplyWindow + 100'000);
  pair.codec.credit(first, 100'000);
  pair.pump();
  CHECK(told == 200'000);
}

TEST_CASE("h2 client: output is made in portions") {
  Road pair;
  pair.pump();
  for (int i = 0; i < 20; ++i) {
    const auto stream = pair.codec.open(kPost, Last::no, Kind::request);
    pair.codec.data(stream, as_bytes(many(60'000)));
  }
  CHECK(pair.codec.output().size() < kClientOutput + 20'000);
  pair.pump();
  CHECK(pair.origin.body == 20 * 60'000);
}

// --- how many streams

TEST_CASE("h2 client: a hundred streams until the origin's SETTINGS say otherwise, later reductions are obeyed") {
  Road pair;
  CHECK(pair.codec.room() == 100);
  (void)pair.get();
  (void)pair.sent();
  CHECK(pair.codec.room() == 99);
  pair.feed(h2::frame(h2::kSettings, 0, 0, h2::number(3, 2) + h2::number(3, 4)));
  CHECK(pair.codec.room() == 2);
  pair.feed(h2::frame(h2::kSettings, 0, 0, h2::number(3, 2) + h2::number(0, 4)));
  CHECK(pair.codec.room() == 0);
  CHECK_FALSE(pair.codec.is_finished());
}

TEST_CASE("h2 client: a stream counts until its reply is complete") {
  Road pair;
  pair.pump();
  const auto room = pair.codec.room();
  (void)pair.get();
  CHECK(pair.codec.room() == room - 1);
  pair.pump();
  pair.origin.say({{":status", "204"}}, Last::yes);
  pair.pump();
  CHECK(pair.codec.room() == room);
}

TEST_CASE("h2 client: a WebSocket needs another connection") {
  Road pair;
  CHECK(pair.codec.serves(Kind::request));
  CHECK_FALSE(pair.codec.serves(Kind::web_socket));
}

// --- resets and losses

TEST_CASE("h2 client: REFUSED_STREAM alone says that a repeat is safe, whatever the method (RFC 9113 §8.7)") {
  for (const std::uint32_t code : {0x7u, 0x8u, 0x2u, 0x0u}) {
    Road pair;
    const auto stream = pair.codec.open(kPost, Last::no, Kind::request);
    (void)pair.sent();
    pair.feed(kSettings + h2::frame(h2::kRstStream, 0, stream, h2::number(code, 4)));
    CHECK(pair.verbs.text() == (code == 0x7 ? "reset backend_refused safe" : "reset backend_reset"));
    CHECK_FALSE(pair.codec.is_finished());
  }
}

TEST_CASE("h2 client: RST_STREAM(NO_ERROR) behind a whole reply is no error, and the reply's trailers count") {
  Road pair;
  const auto stream = pair.codec.open(kPost, Last::no, Kind::request);
  pair.codec.data(stream, as_bytes("ab"));
  (void)pair.sent();
  pair.feed(kSettings + headers(stream, 0, {{":status", "413"}}) +
            headers(stream, h2::kEndStream, {{"grpc-status", "8"}}) +
            h2::frame(h2::kRstStream, 0, stream, h2::number(0, 4)));
  CHECK(pair.verbs.text() == "head 413 · end grpc-status=8");
  pair.codec.data(stream, as_bytes("cd"));
  CHECK(pair.sent().find("cd") == std::string::npos);
  CHECK(pair.codec.room() == 0xffff'ffff);
}

TEST_CASE("h2 client: GOAWAY refuses the streams above its last id, the others go on, and no new one begins") {
  Road pair;
  const auto first = pair.get();
  const auto second = pair.get();
  (void)pair.sent();
  std::set<CodecStream> reset;
  pair.verbs.on_reset = [&](CodecStream id) {
    reset.insert(id);
    CHECK_FALSE(pair.codec.has_reply_begun(id));
  };
  pair.feed(kSettings + h2::frame(h2::kGoaway, 0, 0, h2::number(first, 4) + h2::number(0, 4)));
  CHECK(pair.verbs.text() == "reset backend_refused safe");
  CHECK(reset == std::set<CodecStream>{second});
  CHECK(pair.codec.is_finished());
  CHECK(pair.codec.room() == 0);
  pair.feed(headers(first, 0, {{":status", "200"}}) + h2::frame(h2::kData, h2::kEndStream, first, "hi"));
  CHECK(pair.verbs.text() == "head 200 · data \"hi\" · end");
}

TEST_CASE("h2 client: a request that a GOAWAY overtook before it was sent is safe to repeat") {
  Road pair;
  (void)pair.sent();
  (void)pair.get();
  pair.feed(kSettings + h2::frame(h2::kGoaway, 0, 0, h2::number(0, 4) + h2::number(0, 4)));
  (void)pair.sent();
  pair.codec.written(0, pair.verbs);
  CHECK(pair.verbs.text() == "reset backend_refused safe");
}

TEST_CASE("h2 client: a connection that ends loses its streams, safe to repeat only when nothing was written") {
  Road pair;
  (void)pair.get();
  (void)pair.sent();
  (void)pair.get();
  (void)pair.codec.output();  // made, but not written
  pair.codec.input_ended(End::orderly, pair.verbs);
  const auto text = pair.verbs.text();
  CHECK((text == "reset backend_lost · reset backend_lost safe" ||
         text == "reset backend_lost safe · reset backend_lost"));
  CHECK(pair.codec.is_finished());
}

TEST_CASE("h2 client: a reply without its end is a lost one") {
  Road pair;
  const auto stream = pair.get();
  (void)pair.sent();
  pair.feed(kSettings + headers(stream, 0, {{":status", "200"}}) + h2::frame(h2::kData, 0, stream, "hel"));
  bool has_begun = false;
  pair.verbs.on_reset = [&](CodecStream id) { has_begun = pair.codec.has_reply_begun(id); };
  pair.codec.input_ended(End::orderly, pair.verbs);
  CHECK(pair.verbs.text() == "head 200 · data \"hel\" · reset backend_lost");
  CHECK(has_begun);
}

TEST_CASE("h2 client: a reset of ours tells the origin, and nothing more is told") {
  Road pair;
  const auto stream = pair.codec.open(kPost, Last::no, Kind::request);
  pair.codec.data(stream, as_bytes("ab"));
  pair.pump();
  (void)pair.origin.taken();
  pair.codec.reset(stream, ResetCode::cancel);
  pair.codec.data(stream, as_bytes("cd"));
  pair.codec.reset(stream, ResetCode::cancel);
  pair.pump();
  CHECK(pair.origin.taken().starts_with("reset"));
  pair.feed(headers(stream, 0, {{":status", "200"}}));
  CHECK(pair.verbs.text().empty());
  CHECK_FALSE(pair.codec.is_finished());
}

TEST_CASE("h2 client: a request that is reset before it was sent is never sent") {
  Road pair;
  (void)pair.sent();
  const auto stream = pair.codec.open(kPost, Last::no, Kind::request);
  pair.codec.data(stream, as_bytes("ab"));
  pair.codec.reset(stream, ResetCode::cancel);
  CHECK(pair.sent().find("ab") == std::string::npos);
  CHECK(pair.verbs.text().empty());
  CHECK(pair.codec.room() == 100);
}

TEST_CASE("h2 client: reset and open inside every event") {
  const std::string bytes = kSettings + headers(1, 0, {{":status", "100"}}) + headers(1, 0, {{":status", "200"}}) +
                            h2::frame(h2::kData, 0, 1, "hello") + headers(1, h2::kEndStream, {{"x", "1"}});
  for (int where = 0; where < 4; ++where) {
    for_each_chopping(bytes, [&](const Chopping& chopping) {
      CAPTURE(where);
      CAPTURE(chopping.name);
      Road pair;
      int events = 0;
      const auto act = [&](CodecStream id) {
        if (id != 1 || events++ != where) return;
        pair.codec.reset(id, ResetCode::cancel);
        CHECK(pair.get() == 3);
      };
      pair.verbs.on_head = [&](CodecStream id, int) { act(id); };
      pair.verbs.on_data = [&](CodecStream id, Bytes) {
        if (events < 3) act(id);
      };
      pair.verbs.on_end = act;
      (void)pair.get();
      (void)pair.sent();
      for (const auto piece : chopping.pieces) pair.feed(piece);
      CHECK(pair.sent().size() > 9);  // the next request
      CHECK((pair.verbs.text().find("· end") != std::string::npos) == (where == 3));
      pair.feed(headers(3, h2::kEndStream, {{":status", "204"}}));
      CHECK(pair.verbs.text() == "head 204 last · end");
    });
  }
}

// --- replies that are not well formed

TEST_CASE("h2 client: a malformed reply resets its stream, not the connection") {
  const std::vector<std::string> bad = {
      headers(1, 0, {{"x", "1"}}),
      headers(1, 0, {{":status", "20"}}),
      headers(1, 0, {{":status", "051"}}),
      headers(1, 0, {{":status", "101"}}),
      headers(1, 0, {{":status", "200"}, {":path", "/"}}),
      headers(1, 0, {{":status", "200"}, {"connection", "close"}}),
      headers(1, 0, {{":status", "200"}, {"transfer-encoding", "chunked"}}),
      headers(1, 0, {{":status", "200"}, {"X", "1"}}),
      headers(1, 0, {{":status", "200"}, {"x", "a\r\nb"}}),
      headers(1, 0, {{":status", "200"}, {"x", "a\0b"s}}),
      headers(1, 0, {{":status", "200"}, {"content-length", "x"}}),
      headers(1, 0, {{":status", "200"}, {"content-length", "1"}, {"content-length", "2"}}),
      headers(1, h2::kEndStream, {{":status", "100"}}),
  };
  for (std::size_t i = 0; i < bad.size(); ++i) {
    CAPTURE(i);
    Road pair;
    (void)pair.get();
    (void)pair.sent();
    pair.feed(kSettings + bad[i]);
    (void)pair.sent();
    pair.codec.written(0, pair.verbs);
    CHECK(pair.verbs.text() == "reset backend_protocol");
    CHECK_FALSE(pair.codec.is_finished());
  }
}

TEST_CASE("h2 client: a reply that is longer or shorter than its content-length is not complete") {
  for (const char* body : {"hell", "hello!"}) {
    Road pair;
    const auto stream = pair.get();
    (void)pair.sent();
    pair.feed(kSettings + headers(stream, 0, {{":status", "200"}, {"content-length", "5"}}) +
              h2::frame(h2::kData, h2::kEndStream, stream, body));
    (void)pair.sent();
    pair.codec.written(0, pair.verbs);
    const auto text = pair.verbs.text();
    CHECK(text.ends_with("reset backend_protocol"));
    CHECK(text.find("· end") == std::string::npos);
  }
}

TEST_CASE("h2 client: heads that are too large, too many fields and floods of interim heads are refused") {
  Road pair;
  (void)pair.get();
  (void)pair.get();
  (void)pair.get();
  (void)pair.sent();
  std::vector<h2::Pair> fields{{":status", "200"}};
  for (int i = 0; i < 201; ++i) fields.push_back({"a", "b"});
  pair.feed(kSettings + headers(1, 0, fields));
  (void)pair.sent();
  CHECK(pair.verbs.text() == "reset backend_protocol");
  pair.settings.limits.max_head = 5'000;
  pair.feed(headers(3, 0, {{":status", "200"}, {"a", many(5'000)}}));
  (void)pair.sent();
  CHECK(pair.verbs.text() == "reset backend_protocol");
  pair.settings.limits.max_head = 65'536;
  std::size_t told = 0;
  pair.verbs.on_head = [&](CodecStream, int) { ++told; };
  for (int i = 0; i < 30; ++i) pair.feed(headers(5, 0, {{":status", "103"}, {"a", many(10'000)}}));
  CHECK(told == 26);
  CHECK(pair.verbs.text().ends_with("reset backend_protocol"));
  CHECK_FALSE(pair.codec.is_finished());
}

TEST_CASE("h2 client: an origin that speaks no HTTP/2, or breaks it, loses the connection and all streams") {
  for (const auto& bytes :
       {std::string("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
        kSettings + h2::frame(h2::kData, 0, 0, "x"), kSettings + h2::frame(h2::kData, 0, 1, "no head"),
        kSettings + h2::frame(h2::kSettings, h2::kAck, 0, "") +
            h2::frame(h2::kPushPromise, h2::kEndHeaders, 1, h2::number(2, 4)),
        kSettings + h2::frame(h2::kSettings, 0, 0, "x")}) {
    Road pair;
    (void)pair.get();
    (void)pair.get();
    (void)pair.sent();
    pair.feed(bytes);
    (void)pair.sent();
    pair.codec.written(0, pair.verbs);
    CHECK(pair.verbs.text() == "reset backend_protocol · reset backend_protocol");
    CHECK(pair.codec.is_finished());
    CHECK(pair.codec.room() == 0);
  }
}

}  // namespace
}  // namespace zeroway::test
