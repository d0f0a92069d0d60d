// Verbs of an exchange and of the wrapped backend in, verbs out; what was coded is decoded again.
#include "router/backends/coded_backend.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "proto/limits.h"
#include "router/exchange/error_reply.h"
#include "router/plan/route.h"
#include "tests/support/decode.h"

using namespace zeroway;

namespace {

// The wrapped backend: records the exchange's verbs.
struct FakeInner final : Backend {
  BackendStream open(const BackendRequest& request, ReplyTo to) override {
    seen = request.head;
    reply_to = to;
    said += "open " + std::string(seen.method()) + " · ";
    return {this, ++last};
  }
  void data(StreamKey, Bytes bytes) override { said += "data " + std::to_string(bytes.size()) + " · "; }
  void end(StreamKey, const Head&) override { said += "end · "; }
  void reset(StreamKey, ResetCode code) override {
    said += "reset " + std::to_string(static_cast<unsigned>(code)) + " · ";
  }
  void credit(StreamKey, std::uint32_t bytes) override { credited += bytes; }
  [[nodiscard]] bool is_ready() const override { return false; }
  [[nodiscard]] std::optional<std::size_t> claimed(std::string_view, std::string_view path) const override {
    return path.size();
  }

  Head seen;
  ReplyTo reply_to;
  std::string said;
  std::size_t credited = 0;
  StreamKey last = 0;
};

// What the exchange hears.
struct Hearer final : BackendEvents {
  void accepted(const Holder& holder) override { said += "accepted " + std::string(holder.name) + " · "; }
  void head(Head& head, Last last) override {
    seen = head;
    said += "head " + std::to_string(head.status()) + (last == Last::yes ? " last · " : " · ");
  }
  void data(Bytes bytes) override {
    body.append(as_text(bytes));
    ++pieces;
    if (on_data) on_data();
  }
  void end(Head& with) override {
    trailers = with;
    said += "end";
    is_over = true;
  }
  void reset(const Error& error) override {
    said += "reset " + std::string(error_name(error.code));
    is_over = true;
  }
  void credit(std::uint32_t bytes) override { credited += bytes; }

  [[nodiscard]] std::string field(std::string_view name) const { return std::string(seen.find(name).value_or("-")); }

  Head seen, trailers;
  std::string said, body;
  std::size_t pieces = 0, credited = 0;
  bool is_over = false;
  std::function<void()> on_data;
};

CodingTerms terms() {
  CodingTerms terms;
  terms.codings = {Coding::zstd, Coding::br, Coding::gzip, Coding::identity};
  terms.types = {"html", "json", "event-stream"};
  return terms;
}

struct Coded final : ExchangeFinder {
  explicit Coded(CodingTerms with = terms(), std::size_t memory = kCoderMemory)
      : coders(memory), backend(loop, coders, inner, std::move(with)) {}

  BackendEvents* find(ExchangeKey) override { return hearer.is_over ? nullptr : &hearer; }

  Coded& ask(std::string_view accept, const Head& more = {}, std::string_view method = "GET",
             Kind kind = Kind::request) {
    Head head{{":method", method}, {":scheme", "http"}, {":path", "/"}, {":authority", "example.com"}};
    if (!accept.empty()) head.add("accept-encoding", accept);
    for (const Field field : more) head.add(field.name, field.value);
    stream = backend.open({head, Last::yes, kind, Attempt::first, route, client}, {this, 1});
    return *this;
  }
  Coded& reply(const Head& more = {}, std::string_view status = "200", Last last = Last::no) {
    Head head{{":status", status}, {"content-type", "application/json"}};
    if (more.has("content-type")) head.remove("content-type");
    for (const Field field : more) head.add(field.name, field.value);
    from()->head(head, last);
    return *this;
  }
  Coded& send(const std::string& bytes) {
    from()->data(as_bytes(bytes));
    return *this;
  }
  Coded& end(Head trailers = {}) {
    from()->end(trailers);
    return *this;
  }
  Coded& turn() {
    loop.stop();
    loop.run();
    return *this;
  }
  // As many turns as the stream wants, with as much credit as it needs.
  Coded& finish() {
    for (int turns = 0; !hearer.is_over && turns < 10'000; ++turns) {
      turn();
      if (!hearer.is_over) stream.credit(65'536);
    }
    CHECK(hearer.is_over);
    return *this;
  }
  BackendEvents* from() { return inner->reply_to.find(); }
  [[nodiscard]] test::Decoded decoded(Coding coding) const { return test::decode(coding, hearer.body); }

  Loop loop;
  Route route;
  ClientInfo client;
  Hearer hearer;
  std::shared_ptr<FakeInner> inner = std::make_shared<FakeInner>();
  CoderPool coders;
  CodedBackend backend;
  BackendStream stream;
};

std::string json_of(std::size_t size) {
  std::string text;
  for (std::size_t at = 0; text.size() < size; ++at) text += "{\"id\":" + std::to_string(at * 7919 % 1'000'003) + "},";
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("coded backend: a reply comes coded as the client likes, with its trailers") {
  for (const Coding coding : {Coding::gzip, Coding::br, Coding::zstd}) {
    Coded c;
    c.ask(coding_name(coding)).from()->accepted({"w1", "w1"});
    const std::string body = json_of(20'000);
    c.reply({{"content-length", "20000"}, {"etag", "\"a\""}}).send(body).end({{"sum", "1"}}).finish();
    CHECK(c.hearer.said == "accepted w1 · head 200 · end");
    CHECK(c.hearer.field("content-encoding") == coding_name(coding));
    CHECK(c.hearer.field("vary") == "accept-encoding");
    CHECK(c.hearer.field("etag") == "W/\"a\"");
    CHECK_FALSE(c.hearer.seen.has("content-length"));
    CHECK(c.hearer.trailers.find("sum") == "1");
    CHECK(c.hearer.body.size() < 10'000);
    const auto decoded = c.decoded(coding);
    CHECK(decoded.is_whole);
    CHECK(decoded.text == body);
    CHECK(c.coders.booked() == 0);
  }
}

TEST_CASE("coded backend: replies that could have been coded vary, whoever gets them") {
  const auto vary = [](std::string_view accept, const Head& more, std::string_view status = "200") {
    Coded c;
    c.ask(accept).reply(more, status).send("{}").end();
    CHECK(c.hearer.said == "head " + std::string(status) + " · end");
    CHECK(c.hearer.body == "{}");
    CHECK(c.hearer.field("content-encoding") == "-");
    return c.hearer.field("vary");
  };
  CHECK(vary("", {}) == "accept-encoding");
  CHECK(vary("gzip;q=0", {}) == "accept-encoding");
  CHECK(vary("identity, gzip;q=0.5", {}) == "accept-encoding");
  CHECK(vary("gzip", {{"content-length", "2"}}) == "accept-encoding");
  CHECK(vary("gzip", {{"content-length", "2"}, {"vary", "Cookie"}}) == "Cookie, accept-encoding");
  CHECK(vary("gzip", {{"cache-control", "no-transform"}}) == "-");
  CHECK(vary("gzip", {{"content-range", "bytes 0-1/9"}}, "206") == "-");
}

TEST_CASE("coded backend: what is coded already passes as it is") {
  Coded c;
  c.ask("gzip, br").reply({{"content-encoding", "br"}, {"content-length", "5"}}).send("coded").end();
  CHECK(c.hearer.body == "coded");
  CHECK(c.hearer.field("content-length") == "5");
  CHECK(c.hearer.field("vary") == "-");
}

TEST_CASE("coded backend: a request that forbids transforming gets its reply as it is (RFC 9111 §5.2.1.6)") {
  Coded c;
  c.ask("gzip", {{"cache-control", "no-transform"}}).reply().send("{}").end();
  CHECK(c.hearer.body == "{}");
}

TEST_CASE("coded backend: WebSockets, tunnels and gRPC calls belong to the wrapped backend") {
  Coded c;
  const Head grpc{{"content-type", "application/grpc+proto"}};
  for (const Kind kind : {Kind::web_socket, Kind::tunnel})
    CHECK(c.ask("gzip", {}, "CONNECT", kind).stream.backend == c.inner.get());
  CHECK(c.ask("gzip", grpc, "POST").stream.backend == c.inner.get());
  CHECK(c.inner->reply_to.finder == static_cast<ExchangeFinder*>(&c));
  CHECK(c.ask("gzip").stream.backend == &c.backend);
  CHECK_FALSE(c.backend.is_ready());
  CHECK(c.backend.claimed("", "/abc") == 4U);
}

TEST_CASE("coded backend: HEAD is answered as GET would be, without a body (RFC 9110 §9.3.2)") {
  Coded c;
  c.ask("br", {}, "HEAD").reply({{"content-length", "5000"}, {"etag", "\"a\""}}, "200", Last::yes).end();
  CHECK(c.hearer.said == "head 200 last · end");
  CHECK(c.hearer.field("content-encoding") == "br");
  CHECK(c.hearer.field("etag") == "W/\"a\"");
  CHECK_FALSE(c.hearer.seen.has("content-length"));
  CHECK(c.coders.booked() == 0);
}

TEST_CASE("coded backend: each event leaves in the turn in which it came, and can be decoded") {
  for (const Coding coding : {Coding::gzip, Coding::br, Coding::zstd}) {
    Coded c;
    c.ask(coding_name(coding)).reply({{"content-type", "text/event-stream"}});
    std::string sent;
    for (int number = 0; number < 50; ++number) {
      const std::string event = "data: event " + std::to_string(number) + "\n\n";
      sent += event;
      c.send(event).turn();
      CHECK(c.decoded(coding).text == sent);
    }
    c.end().finish();
    CHECK(c.decoded(coding).is_whole);
  }
}

TEST_CASE("coded backend: an event stream that ends behind its events in one turn has one coded body") {
  Coded c;
  c.ask("gzip").reply({{"content-type", "text/event-stream"}}).send("data: 1\n\n").send("data: 2\n\n").end().turn();
  CHECK(c.hearer.said == "head 200 · end");
  CHECK(c.hearer.pieces == 1);
  CHECK(c.decoded(Coding::gzip).text == "data: 1\n\ndata: 2\n\n");
}

TEST_CASE("coded backend: credit bounds what leaves, and what the backend may send") {
  Coded c;
  std::mt19937 random(7);
  std::string noise(kFirstReplyWindow, '\0');
  for (char& byte : noise) byte = static_cast<char>(random());
  c.ask("gzip").reply();
  std::size_t sent = 0;
  for (int turns = 0; turns < 200; ++turns) {
    const std::size_t may = kFirstReplyWindow + c.inner->credited - sent;
    if (may > 0) c.send(noise.substr(0, may));
    sent += may;
    c.turn();
  }
  CHECK(c.hearer.body.size() == kFirstReplyWindow);  // and no byte more, without credit
  CHECK(sent <= 3 * kFirstReplyWindow);
  const std::size_t before = sent;
  c.stream.credit(10'000);
  for (int turns = 0; turns < 20; ++turns) c.turn();
  CHECK(c.hearer.body.size() == kFirstReplyWindow + 10'000);
  CHECK(kFirstReplyWindow + c.inner->credited - before < 65'536);
}

TEST_CASE("coded backend: a turn of the loop codes a part of a large body only, and streams take turns") {
  Coded c;
  c.ask("gzip").reply().send(json_of(65'536)).turn();
  c.loop.post([] {});
  CHECK(c.inner->credited < 65'536);
  c.end().finish();
  CHECK(c.decoded(Coding::gzip).text == json_of(65'536));
}

TEST_CASE(
    "coded backend: a backend that breaks its promise about the length has failed, and nobody takes it for whole") {
  Coded less, more;
  less.ask("gzip").reply({{"content-length", "5000"}}).send("{}").end();
  CHECK(less.hearer.said == "head 200 · reset " + std::string(error_name(Code::backend_protocol)));
  more.ask("gzip").reply({{"content-length", "5000"}}).send(json_of(5'001));
  CHECK(more.hearer.said == "head 200 · reset " + std::string(error_name(Code::backend_protocol)));
  CHECK(more.inner->said == "open GET · reset 1 · ");
  less.turn();
  CHECK(less.coders.booked() == 0);
}

TEST_CASE("coded backend: more than its credit is the backend's fault") {
  Coded c;
  c.ask("gzip").reply().send(json_of(kFirstReplyWindow)).send("x");
  CHECK(c.hearer.said == "head 200 · reset " + std::string(error_name(Code::backend_protocol)));
}

TEST_CASE("coded backend: a reset of either side ends the stream, and its coder goes back") {
  Coded c;
  c.ask("gzip").reply().send(json_of(20'000)).turn();
  c.stream.reset(ResetCode::cancel);
  CHECK(c.inner->said == "open GET · reset 8 · ");
  c.turn();
  CHECK(c.coders.booked() == 0);
  CHECK(c.from() == nullptr);
  c.stream.reset(ResetCode::cancel);  // a stale key
  c.stream.credit(1);
  Coded other;
  other.ask("gzip").reply().send("{}");
  other.from()->reset({Fault::backend, Code::backend_lost, false, "gone"});
  CHECK(other.hearer.said == "head 200 · reset " + std::string(error_name(Code::backend_lost)));
  CHECK(other.inner->said == "open GET · ");
}

TEST_CASE("coded backend: a client that goes away while it is told the body is told no more") {
  Coded c;
  c.ask("gzip").reply().send(json_of(65'536));
  c.hearer.on_data = [&] {
    c.stream.reset(ResetCode::cancel);
    c.hearer.is_over = true;
  };
  c.turn().turn();
  CHECK(c.hearer.pieces == 1);
  CHECK(c.coders.booked() == 0);
}

TEST_CASE("coded backend: the rest of a request whose reply is complete already is thrown away with credit") {
  Coded c;
  Head head{{":method", "POST"}, {":path", "/"}, {"accept-encoding", "gzip"}};
  c.stream = c.backend.open({head, Last::no, Kind::request, Attempt::first, c.route, c.client}, {&c, 1});
  c.stream.data(as_bytes(std::string_view("abc")));
  CHECK(c.inner->said == "open POST · data 3 · ");
  c.reply().send(json_of(5'000)).end();
  c.stream.data(as_bytes(std::string_view("defg")));
  CHECK(c.hearer.credited == 4);
  c.stream.end(Head{});
  c.finish();
  CHECK(c.inner->said == "open POST · data 3 · ");
}

TEST_CASE("coded backend: a weak tag of the client finds the backend's strong one, and 304 has the client's tag") {
  Coded c;
  c.ask("gzip", {{"if-none-match", "W/\"a\""}});
  CHECK(c.inner->seen.find("if-none-match") == "W/\"a\", \"a\"");
  c.reply({{"etag", "\"a\""}}, "304", Last::yes).end();
  CHECK(c.hearer.field("etag") == "W/\"a\"");
  CHECK(c.hearer.field("vary") == "accept-encoding");
  Coded strong;
  strong.ask("gzip", {{"if-none-match", "\"a\""}});
  CHECK(strong.inner->seen.find("if-none-match") == "\"a\"");
  strong.reply({{"etag", "\"a\""}}, "304", Last::yes).end();
  CHECK(strong.hearer.field("etag") == "\"a\"");
}

TEST_CASE("coded backend: when all memory for coders is lent, replies come as they are") {
  Coded c(terms(), 1'000);
  c.ask("gzip").reply({{"content-length", "5000"}}).send(json_of(5'000)).end();
  CHECK(c.hearer.body == json_of(5'000));
  CHECK(c.hearer.field("content-length") == "5000");
  CHECK(c.hearer.field("vary") == "accept-encoding");
}

TEST_CASE("coded backend: interim heads pass, and a second head is left to the exchange") {
  Coded c;
  c.ask("gzip");
  Head hints{{":status", "103"}, {"link", "</a>"}};
  c.from()->head(hints, Last::no);
  c.reply();
  CHECK(c.hearer.said == "head 103 · head 200 · ");
  c.reply({}, "500");
  CHECK(c.hearer.said == "head 103 · head 200 · head 500 · ");
  CHECK_FALSE(c.hearer.seen.has("content-encoding"));
}

TEST_CASE("coded backend: a head that promises content and ends is left as it is, so that the exchange refuses it") {
  Coded c;
  c.ask("gzip").reply({{"content-length", "5000"}}, "200", Last::yes);
  CHECK(c.hearer.field("content-length") == "5000");
  CHECK(c.hearer.field("content-encoding") == "-");
}
