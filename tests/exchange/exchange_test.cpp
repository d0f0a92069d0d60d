#include "router/exchange/exchange.h"

#include <doctest/doctest.h>

#include <vector>

#include "proto/limits.h"
#include "router/exchange/error_reply.h"
#include "tests/exchange/script.h"

using namespace zeroway;

TEST_CASE("exchange: a request without a body goes out as its head, the reply comes back") {
  Script s;
  CHECK(s.ask("GET", "/a?b").heard() == "b1 open GET /a?b last · b1 end");
  CHECK(s.accept().reply("200").reply_data(5).reply_data(7).heard() == "c head 200 · c data 5 · c data 7");
  CHECK_FALSE(s.is_over());
  CHECK(s.reply_end().heard() == "c end");
  CHECK(s.is_over());
  CHECK(s.exchanges.size() == 0);
  CHECK(s.counters.exchanges_open == 0);
  CHECK(s.counters.replies_2xx == 1);
}

TEST_CASE("exchange: bodies and trailers pass both ways") {
  Script s;
  s.begin().ask_more("POST").send("abc").send("defg").send_end({{"sum", "1"}});
  CHECK(s.heard() == "b1 open POST / · b1 data 3 · b1 data 4 · b1 end sum=1");
  CHECK(s.backend.body == "abcdefg");
  CHECK(s.reply("200").reply_end({{"sum", "2"}}).heard() == "c head 200 · c end sum=2");
}

TEST_CASE("exchange: the verbs of a stream go to the backend that has it, whoever opened it") {
  struct Wrapper final : Backend {
    explicit Wrapper(Backend& with) : inner(with) {}
    BackendStream open(const BackendRequest& request, ReplyTo to) override { return inner.open(request, to); }
    void data(StreamKey, Bytes) override { FAIL("not its stream"); }
    void end(StreamKey, const Head&) override { FAIL("not its stream"); }
    void reset(StreamKey, ResetCode) override { FAIL("not its stream"); }
    void credit(StreamKey, std::uint32_t) override { FAIL("not its stream"); }
    Backend& inner;
  };
  Script s;
  Wrapper wrapper(s.backend);
  const OneRoute route(s.settings, wrapper);
  s.info.listener = &route.listener;
  s.begin().ask_more("POST").send("abc").send_end();
  CHECK(s.heard() == "b1 open POST / · b1 data 3 · b1 end");
  CHECK(s.reply("200").reply_data(5).heard() == "c head 200 · c data 5");
  s.exchanges.from_client(s.key)->credit(5);
  CHECK(s.heard() == "b1 credit 5");
  CHECK(s.cancel().heard() == "b1 reset 8");
}

TEST_CASE("exchange: a head that no worker would decode is the client's fault, with what is added to it") {
  const auto sent = [](std::size_t value) {
    Script s;
    s.begin();
    Head head{{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "example.com"}};
    head.add("x", std::string(value, 'v'));
    s.exchanges.from_client(s.key)->head(head, Last::yes);
    return s.heard() + (s.is_over() ? " · over" : "");
  };
  Script s;
  s.ask("GET");
  const std::size_t most = kMaxHeadSize - s.backend.seen.list_size() - 33;
  CHECK(sent(most) == "b1 open GET / last · b1 end");
  Head refusal;
  const std::size_t words = write_error_reply(Code::header_too_large, ErrorFormat::html, "", refusal).size();
  CHECK(sent(most + 1) == "c head 431 · c data " + std::to_string(words) + " · c end · over");
}

TEST_CASE("exchange: content that is longer than the terms allow is refused before it comes (RFC 9110 §15.5.14)") {
  RequestTerms terms;
  terms.max_body = 5;
  const auto ask = [&](std::string_view method, std::string_view length) {
    Script s({}, terms);
    s.begin();
    Head head{
        {":method", method}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}, {"content-length", length}};
    s.exchanges.from_client(s.key)->head(head, Last::no);
    CHECK(s.exchanges.terms(s.key) == terms);
    CHECK(s.counters.bad_requests == (s.is_over() ? 1 : 0));
    CHECK(s.counters.replies_4xx == (s.is_over() ? 1 : 0));
    return s.heard() + (s.is_over() ? " · over" : "");
  };
  Head refusal;
  const std::size_t size = write_error_reply(Code::content_too_large, ErrorFormat::html, "", refusal).size();
  CHECK(ask("POST", "5") == "b1 open POST /");
  CHECK(ask("POST", "6") == "c refuse content · c head 413 · c data " + std::to_string(size) + " · c end · over");
  CHECK(ask("HEAD", "6") == "c refuse content · c head 413 last · c end · over");
  terms.max_body = 0;
  CHECK(ask("POST", "18446744073709551615") == "b1 open POST /");
}

TEST_CASE("exchange: a page whose origin is not allowed opens no WebSocket, and no worker hears of it") {
  WebSocketSettings sockets;
  sockets.allowed_origins = {"https://a.test"};
  sockets.max_message_size = 77;
  const auto ask = [&](std::string_view origin) {
    Script s({}, {}, sockets);
    s.begin(Kind::web_socket);
    Head head{{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"},
              {":path", "/"},         {":authority", "a"},        {"origin", origin}};
    s.exchanges.from_client(s.key)->head(head, Last::no);
    s.accept().reply("200");
    CHECK(s.counters.bad_requests == (s.is_over() ? 1 : 0));
    if (!s.is_over()) CHECK(s.client.socket_terms == sockets);
    return s.heard();
  };
  CHECK(ask("https://a.test") == "b1 open CONNECT / · c accept web socket");
  CHECK(ask("https://b.test").starts_with("c head 403 · c data "));
}

TEST_CASE("exchange: a client is asked to come again once its reply has begun, and the request goes on") {
  Script socket;
  socket.ask_socket().accept().hand_over();
  CHECK(socket.heard() == "b1 open CONNECT /ws");
  CHECK(socket.reply("200").hand_over().heard() == "c accept web socket · c hand over");
  CHECK(socket.send_end({{"close-code", "1012"}}).heard() == "b1 end close-code=1012");
  CHECK(socket.reply_end().heard() == "c end");
  CHECK(socket.is_over());
  Script call;
  CHECK(call.ask("POST").accept().reply("200").hand_over().reply_data(1).heard() ==
        "b1 open POST / last · b1 end · c head 200 · c hand over · c data 1");
}

TEST_CASE("exchange: trailers that no worker would decode are the client's fault") {
  const std::string value(65'536 - 32 - 1, 'v');
  Script s;
  CHECK(s.begin().ask_more("POST").send_end({{"a", value}}).heard() == "b1 open POST / · b1 end a=" + value);
  Script over;
  over.begin().ask_more("POST").accept().heard();
  CHECK(over.send_end({{"a", value + "v"}}).heard().starts_with("b1 reset 8 · c head 431"));
  CHECK(over.is_over());
  CHECK(over.counters.bad_requests == 1);
  Script late;
  late.begin().ask_more("POST").accept().reply("200").heard();
  CHECK(late.send_end({{"a", value + "v"}}).heard() == "b1 reset 8 · c reset header_too_large");
  Script waiting;  // to be tried again
  waiting.has_idempotency_key = true;
  waiting.begin().ask_more("POST").accept().fail(lost()).accept("w2").fail(lost()).heard();
  CHECK(waiting.send_end({{"a", value + "v"}}).heard().starts_with("c head 431"));
  CHECK(waiting.pass(Millis{1'000}).heard().empty());
}

TEST_CASE("exchange: trailers cannot say what only the router says") {
  Script s;
  s.begin().ask_more("POST").send("abc").send_end({{"x-client-cert-subject", "CN=root"}, {"sum", "1"}});
  CHECK(s.heard() == "b1 open POST / · b1 data 3 · b1 end sum=1");
}

TEST_CASE("exchange: a reply that is its head is over with it, and an end after it finds nothing") {
  Script s;
  CHECK(s.ask("GET").reply("302", Last::yes).heard() == "b1 open GET / last · b1 end · c head 302 last · c end");
  CHECK(s.is_over());
  CHECK(s.reply_end().heard().empty());
}

TEST_CASE("exchange: interim heads pass before the final one") {
  Script s;
  s.ask("GET").accept().heard();
  CHECK(s.reply("103").reply("103").reply("199").heard() == "c head 103 · c head 103 · c head 199");
  CHECK(s.reply("200").reply_end().heard() == "c head 200 · c end");
  CHECK(s.counters.replies_1xx == 3);
}

TEST_CASE("exchange: a flood of interim heads, which no credit bounds, ends its stream") {
  Script s;
  s.ask("GET").accept().heard();
  const std::string value(16'384 - 42 - 32 - 4, 'v');  // ":status" and its value are 42, "link" and 32 are the field's
  for (int i = 0; i < 16; ++i) CHECK(s.reply("103", Last::no, {{"link", value}}).heard() == "c head 103");
  CHECK(s.reply("103").heard().starts_with("b1 reset 1 · c head 502"));
  CHECK(s.is_over());
}

TEST_CASE("exchange: an interim head says no length (RFC 9110 §8.6)") {
  Script s;
  s.ask("GET").accept().reply("103", Last::no, {{"content-length", "5"}, {"link", "a"}});
  CHECK_FALSE(s.client.seen.has("content-length"));
  CHECK(s.client.seen.find("link") == "a");
}

TEST_CASE("exchange: a worker's trailers do not frame what they follow (RFC 9110 §6.5.1)") {
  Script s;
  s.ask("GET").reply("200").reply_data(1).heard();
  CHECK(s.reply_end({{"content-length", "7"}, {"a", "1"}, {"host", "b"}, {"trailer", "a"}}).heard() == "c end a=1");
}

TEST_CASE("exchange: HEAD, 204 and 304 have no content, whatever the worker sends (RFC 9110 §6.4.1)") {
  struct Case {
    const char *method, *status;
  };
  for (const Case& one : {Case{"HEAD", "200"}, Case{"GET", "204"}, Case{"GET", "304"}}) {
    CAPTURE(one.status);
    Script s;
    s.ask(one.method).accept().heard();
    const std::string head = "c head " + std::string(one.status) + " last";
    CHECK(s.reply(one.status, Last::no, {{"content-length", "5"}}).heard() == head + " · b1 reset 0 · c end");
    CHECK(s.reply_data(5).reply_end().heard().empty());
    CHECK(s.is_over());
  }
  Script s;  // a worker that knows
  CHECK(s.ask("HEAD").reply("200", Last::yes, {{"content-length", "5"}}).heard() ==
        "b1 open HEAD / last · b1 end · c head 200 last · c end");
  CHECK(s.client.seen.find("content-length") == "5");
}

TEST_CASE("exchange: an answer may come and end while the request still comes; the rest of it is dropped") {
  Script s;
  s.begin().ask_more("POST").send(3);
  CHECK(s.accept().reply("413").heard() == "b1 open POST / · b1 data 3 · c head 413");
  CHECK(s.send(4).heard() == "b1 data 4");  // the worker may still read
  CHECK(s.reply_data(2).reply_end().heard() == "c data 2 · b1 reset 0 · c end");
  CHECK(s.is_over());
  CHECK(s.send(5).send_end().heard().empty());
}

TEST_CASE("exchange: what a worker may not say is a 502 before the head, a reset after it; the log gets the reason") {
  struct Case {
    const char* name;
    std::function<void(Script&)> say;
  };
  const std::vector<Case> before{
      {"101", [](Script& s) { s.reply("101"); }},
      {"no status", [](Script& s) { s.reply("abc"); }},
      {"connection-specific",
       [](Script& s) {
         s.reply("200", Last::no, {{"connection", "close"}});
       }},
      {"line break in a value",
       [](Script& s) {
         s.reply("200", Last::no, {{"a", "b\r\nc: d"}});
       }},
      {"data first", [](Script& s) { s.reply_data(1); }},
      {"end first", [](Script& s) { s.reply_end(); }},
      {"interim that ends", [](Script& s) { s.reply("103", Last::yes); }},
      {"length no number",
       [](Script& s) {
         s.reply("200", Last::no, {{"content-length", "5x"}});
       }},
      {"length signed",
       [](Script& s) {
         s.reply("200", Last::no, {{"content-length", "+5"}});
       }},
      {"length empty",
       [](Script& s) {
         s.reply("200", Last::no, {{"content-length", ""}});
       }},
      {"length too big",
       [](Script& s) {
         s.reply("200", Last::no, {{"content-length", "18446744073709551616"}});
       }},
      {"two lengths",
       [](Script& s) {
         s.reply("200", Last::no, {{"content-length", "5"}, {"content-length", "6"}});
       }},
      {"length without content",
       [](Script& s) {
         s.reply("200", Last::yes, {{"content-length", "5"}});
       }},
  };
  for (const Case& one : before) {
    CAPTURE(one.name);
    Script s;
    s.ask("GET").accept().heard();
    one.say(s);
    CHECK(s.heard().starts_with("b1 reset 1 · c head 502 · c data "));
    CHECK(s.is_over());
    CHECK(s.counters.replies_5xx == 1);
    CHECK(s.backend.streams == 1);
  }
  const std::vector<Case> after{
      {"second head", [](Script& s) { s.reply("200"); }},
      {"late interim", [](Script& s) { s.reply("103"); }},
      {"more than its length", [](Script& s) { s.reply_data(6); }},
      {"less than its length", [](Script& s) { s.reply_data(4).reply_end(); }},
      {"pseudo-field in trailers",
       [](Script& s) {
         s.reply_data(5).reply_end({{":status", "200"}});
       }},
  };
  for (const Case& one : after) {
    CAPTURE(one.name);
    Script s;
    s.ask("GET").accept().reply("200", Last::no, {{"content-length", "5"}}).heard();
    one.say(s);
    CHECK(s.heard().ends_with("b1 reset 1 · c reset backend_protocol"));
    CHECK(s.is_over());
  }
}

TEST_CASE("exchange: a reply of just its length is whole") {
  Script s;
  s.ask("GET").reply("200", Last::no, {{"content-length", "5"}}).reply_data(2).reply_data(3).heard();
  CHECK(s.reply_end().heard() == "c end");
}

TEST_CASE("exchange: the client that goes away cancels the stream, in each phase") {
  struct Case {
    const char* name;
    std::function<void(Script&)> before;
    const char* expected;
  };
  const std::vector<Case> cases{
      {"before the head", [](Script& s) { s.begin(); }, ""},
      {"in the body", [](Script& s) { s.begin().ask_more("POST").send(1); }, "b1 reset 8"},
      {"before acceptance", [](Script& s) { s.ask("GET"); }, "b1 reset 8"},
      {"before the reply", [](Script& s) { s.ask("GET").accept(); }, "b1 reset 8"},
      {"after an interim head", [](Script& s) { s.ask("GET").accept().reply("103"); }, "b1 reset 8"},
      {"in the reply", [](Script& s) { s.ask("GET").accept().reply("200").reply_data(1); }, "b1 reset 8"},
      {"in a retry", [](Script& s) { s.ask("GET").accept().fail(lost()); }, "b2 reset 8"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    Script s;
    one.before(s);
    s.heard();
    CHECK(s.cancel().heard() == one.expected);
    CHECK(s.is_over());
    CHECK(s.counters.cancelled == 1);
    CHECK(s.counters.exchanges_open == 0);
    CHECK(s.reply("200").reply_data(1).reply_end().fail(lost()).cancel().heard().empty());
  }
}

TEST_CASE("exchange: a client that breaks the rules is no cancellation") {
  Script s;
  s.begin().ask_more("POST").heard();
  s.exchanges.from_client(s.key)->reset({Fault::client, Code::content_too_large, false, "body over 10"});
  CHECK(s.heard() == "b1 reset 8 · c head 413 · c data " + std::to_string(s.client.body.size()) + " · c end");
  CHECK(s.is_over());
  CHECK(s.counters.cancelled == 0);
  CHECK(s.counters.bad_requests == 0);  // the session counts it
  CHECK(s.counters.replies_4xx == 1);
}

TEST_CASE("exchange: a client that breaks the rules behind its reply's head has one reply, and that is counted") {
  Script s;
  s.begin().ask_more("POST").accept().reply("200").heard();
  s.exchanges.from_client(s.key)->reset({Fault::client, Code::bad_request, false, "a bad chunk"});
  CHECK(s.heard() == "b1 reset 8 · c reset bad_request");
  CHECK(s.is_over());
  CHECK(s.counters.replies_2xx == 1);
  CHECK(s.counters.replies_4xx == 0);
}

TEST_CASE("exchange: a request that the codec refused gets the reply that it can read, and is over") {
  const auto refuse = [](Head head, Code code) {
    Script s;
    s.exchanges.refuse(s.client, s.info, head, code, s.clock.time);
    CHECK(s.exchanges.size() == 0);
    CHECK(s.counters.exchanges_open == 0);
    CHECK(s.counters.replies_4xx == 1);
    const std::string type(s.client.seen.find("content-type").value_or(""));
    const std::string size = std::to_string(s.client.body.size());
    const std::string heard = s.heard();
    CHECK((heard.ends_with("last · c end") || heard.ends_with("data " + size + " · c end")));
    return heard.substr(0, 15) + " " + type;
  };
  CHECK(refuse({}, Code::bad_request) == "c head 400 · c text/html; charset=utf-8");
  CHECK(refuse({{":method", "GET"}, {"accept", "application/json"}}, Code::header_too_large) ==
        "c head 431 · c application/problem+json");
  CHECK(refuse({{":method", "HEAD"}, {":path", "/"}}, Code::uri_too_long) ==
        "c head 414 last text/html; charset=utf-8");
}

TEST_CASE("exchange: credit for the reply goes to the stream, and nowhere when there is none") {
  Script s;
  s.begin();
  s.exchanges.from_client(s.key)->credit(5);
  CHECK(s.heard().empty());
  s.ask_more("GET");
  s.exchanges.from_client(s.key)->credit(7);
  CHECK(s.heard() == "b1 open GET / · b1 credit 7");
}

TEST_CASE("exchange: no reply in time is a 504, and the time runs from the end of the request") {
  ExchangeSettings settings;
  settings.reply_timeout = Millis{1'000};
  Script s(settings);
  s.begin().ask_more("POST").pass(Millis{5'000}).accept().send_end().heard();
  CHECK(s.pass(Millis{999}).heard().empty());
  s.reply("103").heard();  // no final head
  CHECK(s.pass(TimerWheel::kTick).heard().starts_with("b1 reset 8 · c head 504 · c data "));
  CHECK(s.is_over());

  Script answered(settings);
  answered.ask("GET").reply("200").pass(Millis{60'000}).heard();
  CHECK_FALSE(answered.is_over());
  Script patient;
  patient.ask("GET").pass(std::chrono::hours(24)).heard();
  CHECK_FALSE(patient.is_over());
}

TEST_CASE("exchange: a worker that takes no more of the body in time is a 504, not the client's fault") {
  ExchangeSettings settings;
  settings.reply_timeout = Millis{1'000};
  Script s(settings);
  s.begin();
  SUBCASE("it gives no credit") {
    s.ask_more("POST").accept().send(kOpeningWindow - 1);
    CHECK(s.pass(Millis{5'000}).heard().find("reset") == std::string::npos);  // the client may send
    s.send(1);
    s.pass(Millis{999}).grant(10).pass(Millis{5'000});
    s.send(10).heard();
  }
  SUBCASE("it withholds 100 Continue") {
    Head head{{":method", "POST"}, {":scheme", "http"}, {":path", "/"}, {"expect", "100-continue"}};
    s.exchanges.from_client(s.key)->head(head, Last::no);
    s.accept().heard();
    SUBCASE("and grants it") {
      s.pass(Millis{999}).grant(10).pass(Millis{5'000});
      s.send_end().heard();
    }
    SUBCASE("and says it") {
      s.pass(Millis{999}).reply("100").pass(Millis{5'000});
      s.send_end().heard();
    }
    SUBCASE("and the client does not wait") {
      s.pass(Millis{999}).send(1).pass(Millis{5'000});
      s.send_end().heard();
    }
    SUBCASE("for ever") {}
  }
  CHECK(s.pass(Millis{999}).heard() == "");
  CHECK(s.pass(TimerWheel::kTick).heard().starts_with("b1 reset 8 · c head 504 · c data "));
  CHECK(s.is_over());
}

TEST_CASE("exchange: the error reply to HEAD has no body") {
  Script s;
  CHECK(s.ask("HEAD").fail(no_backend()).heard() == "b1 open HEAD / last · b1 end · c head 503 last · c end");
  CHECK(s.client.seen.find("retry-after") == "1");
}

TEST_CASE("exchange: a failure after the head is a reset") {
  Script s;
  CHECK(s.ask("GET").accept().reply("200").reply_data(3).fail(lost()).heard() ==
        "b1 open GET / last · b1 end · c head 200 · c data 3 · c reset backend_lost");
  CHECK(s.is_over());
}

// --- Re-entrancy: whatever a verb calls may end the exchange and open others
// ------------------------------------------

TEST_CASE("exchange: the next request may be opened from inside the end of the last") {
  Script s;
  const ExchangeKey first = s.ask("GET").key;
  s.heard();
  s.client.on_end = [&s] {
    s.client.on_end = nullptr;
    s.ask("GET", "/next");
  };
  CHECK(s.reply("200").reply_end().heard() == "c head 200 · c end · b2 open GET /next last · b2 end");
  CHECK(s.exchanges.find(first) == nullptr);
  CHECK(s.reply("204", Last::yes).heard() == "c head 204 last · c end");
}

TEST_CASE("exchange: the client may go away from inside any of its verbs") {
  for (const char* verb : {"head", "data", "error head", "error data", "last head"}) {
    CAPTURE(verb);
    Script s;
    const std::string what = verb;
    const auto leave = [&s] { s.cancel(); };
    if (what.ends_with("head")) s.client.on_head = leave;
    if (what.ends_with("data")) s.client.on_data = leave;
    s.ask("GET").heard();
    if (what.starts_with("error")) s.fail(no_backend());
    if (what == "last head") s.reply("200", Last::yes);
    if (what == "head" || what == "data") s.reply("200").reply_data(1).reply_end();
    const std::string heard = s.heard();
    CAPTURE(heard);
    CHECK(heard.find("c end") == std::string::npos);
    CHECK(s.is_over());
    CHECK(s.counters.exchanges_open == 0);
    CHECK(s.counters.cancelled == 1);
  }
}

TEST_CASE("exchange: the backend may fail from inside data and end") {
  Script s;
  s.backend.on_data = [&s] {
    s.backend.on_data = nullptr;
    s.fail(unseen());
  };
  s.begin().ask_more("POST").send("abc");
  CHECK(s.heard() == "b1 open POST / · b1 data 3 · b2 open POST / · b2 data 3");
  s.backend.on_end = [&s] {
    s.backend.on_end = nullptr;
    s.fail(unseen());
  };
  CHECK(s.send("de").send_end().heard() == "b2 data 2 · b2 end · b3 open POST / · b3 data 5 · b3 end");
  CHECK(s.backend.body == "abcabcdeabcde");
}

TEST_CASE("exchange: the backend may fail and grant credit from inside a body that is sent again") {
  Script s;
  s.begin().ask_more("PUT").send(10).send_end().accept().heard();
  int fails = 2;
  s.backend.on_data = [&] {
    if (fails-- > 0) s.fail(unseen());
  };
  CHECK(s.fail(unseen()).heard() ==
        "b2 open PUT / · b2 data 10 · b3 open PUT / · b3 data 10 · b4 open PUT / · b4 data 10 · b4 end");
}

// --- Keys ---------------------------------------------------------------------------------------------------------

TEST_CASE("exchanges: a stale key finds nothing, also when its memory serves another") {
  Script s;
  std::vector<ExchangeKey> old;
  for (int i = 0; i < 10; ++i) {
    s.ask("GET").reply("200", Last::yes);
    old.push_back(s.key);
  }
  s.ask("GET");
  for (const ExchangeKey key : old) {
    CHECK(key != s.key);
    CHECK(static_cast<std::uint32_t>(key) == static_cast<std::uint32_t>(s.key));  // one place served all
    CHECK(s.exchanges.find(key) == nullptr);
    CHECK(s.exchanges.from_client(key) == nullptr);
  }
  CHECK(s.exchanges.find(0) == nullptr);
  CHECK(s.exchanges.find(~0ull) == nullptr);
}

TEST_CASE("exchanges: memory is not used again while a verb runs") {
  Script s;
  s.ask("GET").heard();
  const ExchangeKey first = s.key;
  s.client.on_end = [&s] {
    s.client.on_end = nullptr;
    s.begin();
  };
  s.reply("200").reply_end();
  CHECK(static_cast<std::uint32_t>(s.key) != static_cast<std::uint32_t>(first));
  s.begin();  // no verb runs: the place of the first
  CHECK(static_cast<std::uint32_t>(s.key) == static_cast<std::uint32_t>(first));
}

TEST_CASE("exchanges: a new one knows nothing of the one that had its memory") {
  ExchangeSettings settings;
  settings.reply_timeout = Millis{1'000};
  Script s(settings);
  s.begin().ask_more("POST").send(40'000).send_end({{"t", "1"}}).accept().fail(unseen()).grant(100);
  s.reply("200", Last::no, {{"content-length", "9"}}).reply_data(1).fail(lost()).heard();
  s.begin().ask_more("PUT");
  CHECK(s.pass(Millis{10'000}).heard() == "b3 open PUT /");
  CHECK(s.send(kOpeningWindow).send_end().heard() == "b3 data 65536 · b3 end");
  CHECK(s.reply("200").reply_data(20).reply_end().heard() == "c head 200 · c data 20 · c end");
}
