#include <doctest/doctest.h>

#include <vector>

#include "proto/limits.h"
#include "router/exchange/limits.h"
#include "tests/exchange/script.h"

using namespace zeroway;

namespace {

ExchangeSettings with_budget(std::uint32_t percent, std::uint32_t floor) {
  ExchangeSettings settings;
  settings.retry_budget_percent = percent;
  settings.retry_budget_floor = floor;
  return settings;
}

}  // namespace

TEST_CASE("retry: a request for which a backend had nobody is opened again as often as there are others, any method") {
  for (const Code code : {Code::no_backend, Code::backends_busy, Code::queue_full}) {
    Script s;
    s.backend.others = 1;
    s.begin().ask_more("POST").send(9).send_end();
    CHECK(s.backend.failed == nullptr);
    s.heard();
    s.fail({Fault::backend, code, false, "nobody"});
    CHECK(s.heard() == "b2 open POST / · b2 data 9 · b2 end");
    CHECK(s.backend.failed == &s.backend);
    s.fail({Fault::backend, code, false, "nobody"});
    CHECK(s.heard() == "c head 503 · c data " + std::to_string(s.client.body.size()) + " · c end");
  }
}

TEST_CASE("retry: a backend without others is not asked again for want of workers, nor after any other error") {
  Script alone;
  CHECK(alone.ask("GET").fail(no_backend()).heard().find("b2") == std::string::npos);
  Script s;
  s.backend.others = 1;
  CHECK(s.ask("POST").fail(given_up()).heard().find("b2") == std::string::npos);
  Script begun;
  begun.backend.others = 1;
  begun.ask("GET").accept().reply("200").heard();
  CHECK(begun.fail(no_backend()).heard().find("b2") == std::string::npos);
}

TEST_CASE("retry: who is tried again, and who gets what instead") {
  struct Case {
    const char* name;
    const char* method;
    bool has_key;
    std::size_t body;
    bool is_interim_sent;
    Error error;
    const char* expected;  // how what is heard begins
  };
  const auto no_key = false;
  const auto no_interim = false;
  Error routers_fault = lost();
  routers_fault.fault = Fault::router;
  const std::vector<Case> cases{
      // proven unseen: any method
      {"unseen GET", "GET", no_key, 0, no_interim, unseen(), "b2 open GET /"},
      {"unseen POST", "POST", no_key, 9, no_interim, unseen(), "b2 open POST / · b2 data 9 · b2 end"},
      {"refused POST", "POST", no_key, 9, no_interim, refused(), "b2 open POST / · b2 data 9 · b2 end"},
      {"unseen, full window", "POST", no_key, kOpeningWindow, no_interim, unseen(), "b2 open POST / · b2 data 65536"},
      {"unseen, body not kept", "POST", no_key, kOpeningWindow + 1, no_interim, unseen(), "c head 502"},
      {"unseen, client told", "GET", no_key, 0, true, unseen(), "c head 502"},
      // possibly seen: idempotent methods (RFC 9110 §9.2.2)
      {"lost GET", "GET", no_key, 0, no_interim, lost(), "b2 open GET /"},
      {"lost HEAD", "HEAD", no_key, 0, no_interim, lost(), "b2 open HEAD /"},
      {"lost OPTIONS", "OPTIONS", no_key, 0, no_interim, lost(), "b2 open OPTIONS /"},
      {"lost DELETE", "DELETE", no_key, 0, no_interim, lost(), "b2 open DELETE /"},
      {"lost TRACE", "TRACE", no_key, 0, no_interim, lost(), "b2 open TRACE /"},
      {"lost PUT", "PUT", no_key, 9, no_interim, lost(), "b2 open PUT / · b2 data 9 · b2 end"},
      {"lost PUT, body not kept", "PUT", no_key, kOpeningWindow + 1, no_interim, lost(), "c head 502"},
      {"lost GET, client told", "GET", no_key, 0, true, lost(), "c head 502"},
      {"lost POST", "POST", no_key, 9, no_interim, lost(), "c head 502"},
      {"lost PATCH", "PATCH", no_key, 0, no_interim, lost(), "c head 502"},
      // a WebSocket that nobody has accepted: a GET to its client
      {"lost CONNECT", "CONNECT", no_key, 0, no_interim, lost(), "b2 open CONNECT /"},
      {"lost CONNECT, client told", "CONNECT", no_key, 0, true, lost(), "c head 502"},
      {"lost get", "get", no_key, 0, no_interim, lost(), "c head 502"},  // methods have case
      {"lost POST with a key", "POST", true, 9, no_interim, lost(), "b2 open POST / · b2 data 9 · b2 end"},
      // anything else
      {"given up GET", "GET", no_key, 0, no_interim, given_up(), "c head 502"},
      {"no worker", "GET", no_key, 0, no_interim, no_backend(), "c head 503"},
      {"router's fault", "GET", no_key, 0, no_interim, routers_fault, "c head 502"},
      {"timeout", "GET", no_key, 0, no_interim, {Fault::backend, Code::backend_timeout, false, ""}, "c head 504"},
      // the backend has another one who may answer
      {"silent, GET", "GET", no_key, 0, no_interim, silent(), "b2 open GET /"},
      {"silent, PUT", "PUT", no_key, 9, no_interim, silent(), "b2 open PUT / · b2 data 9 · b2 end"},
      {"silent, GET, client told", "GET", no_key, 0, true, silent(), "c head 504"},
      {"silent, POST", "POST", no_key, 9, no_interim, silent(), "c head 504"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    Script s;
    s.has_idempotency_key = one.has_key;
    if (one.body == 0) {
      s.ask(one.method);
    } else {
      s.begin().ask_more(one.method).accept().grant(100).send(one.body).send_end();
    }
    s.accept();
    if (one.is_interim_sent) s.reply("103");
    s.heard();
    const std::string heard = s.fail(one.error).heard();
    CAPTURE(heard);
    CHECK(heard.starts_with(one.expected));
    const bool is_again = heard.starts_with("b2 ");
    CHECK(s.is_over() != is_again);
    CHECK(s.counters.reopened == (is_again && one.error.retry_safe ? 1 : 0));
    CHECK(s.counters.retries == (is_again && !one.error.retry_safe ? 1 : 0));
  }
}

TEST_CASE("retry: what is opened again is what was opened, body and trailers") {
  Script s;
  s.begin().ask_more("PUT", "/x").send("abc").send("de").send_end({{"sum", "1"}}).accept().heard();
  const Head first = s.backend.seen;
  s.backend.body.clear();
  CHECK(s.fail(lost()).heard() == "b2 open PUT /x · b2 data 5 · b2 end sum=1");
  CHECK(s.backend.body == "abcde");
  REQUIRE(s.backend.seen.size() == first.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(s.backend.seen[i].name == first[i].name);
    CHECK(s.backend.seen[i].value == first[i].value);
  }
}

TEST_CASE("retry: a body that still comes goes on in the new stream") {
  Script s;
  s.begin().ask_more("PUT").send("abc").accept().fail(lost()).heard();
  CHECK(s.send("de").send_end().heard() == "b2 data 2 · b2 end");
  CHECK(s.backend.body == "abcabcde");
}

TEST_CASE("retry: possibly seen requests are opened `retries` times more, then it is a 502") {
  Script s;
  s.ask("GET").fail(lost()).fail(lost()).pass(kRetryPause).heard();
  CHECK(s.backend.streams == 3);
  CHECK(s.fail(lost()).heard().starts_with("c head 502"));
  CHECK(s.counters.retries == 2);

  ExchangeSettings settings;
  settings.retries = 0;
  Script never(settings);
  CHECK(never.ask("GET").fail(lost()).heard().starts_with("b1 open GET / last · b1 end · c head 502"));
}

TEST_CASE("retry: a worker that refuses everything does not keep a request for ever") {
  Script s;
  s.ask("POST");
  while (!s.is_over()) s.fail(refused());
  CHECK(s.backend.streams == 1 + kMaxReopenings);
  CHECK(s.heard().find("c head 503") != std::string::npos);
  CHECK(s.client.seen.has("retry-after"));
}

TEST_CASE("retry: nothing is opened again once the reply began") {
  for (const Error& error : {lost(), unseen(), refused()}) {
    Script s;
    s.ask("GET").accept().reply("200").heard();
    CHECK(s.fail(error).heard().starts_with("c reset backend_"));
    CHECK(s.backend.streams == 1);
  }
}

TEST_CASE("retry: a reply of which nothing has left is taken back when its worker is lost") {
  for (const char* method : {"GET", "HEAD", "DELETE"}) {
    CAPTURE(method);
    Script s;
    s.client.is_unsent = true;
    s.ask(method).accept("w1").heard();
    s.reply("404", Last::no, {{"content-length", "9"}});
    if (std::string_view(method) == "HEAD") continue;  // which is answered by that
    s.reply_data(4).heard();
    CHECK(s.fail(lost()).heard().starts_with("c take back · b2 open "));
    CHECK(s.counters.replies_4xx == 0);
    CHECK(s.counters.retries == 1);
    CHECK(s.accept("w2").reply("200").reply_data(20).reply_end().heard() == "c head 200 · c data 20 · c end");
    CHECK(s.client.seen.find("x-worker") == "w2");
    CHECK(s.counters.replies_2xx == 1);
    CHECK(s.is_over());
  }
}

TEST_CASE("retry: a reply that is taken back and may not be tried again is a 502") {
  for (const bool is_interim_sent : {false, true}) {
    Script s;
    s.client.is_unsent = true;
    s.begin().ask_more(is_interim_sent ? "GET" : "POST").accept().send(5).send_end();
    if (is_interim_sent) s.reply("103");
    s.reply("200").heard();
    CHECK(s.fail(lost()).heard().starts_with("c take back · c head 502 · c data "));
    CHECK(s.counters.replies_2xx == 0);
    CHECK(s.counters.replies_5xx == 1);
    CHECK(s.is_over());
  }
}

TEST_CASE("retry: only a lost worker's reply is taken back") {
  for (const Error& error : {given_up(), refused()}) {
    Script s;
    s.client.is_unsent = true;
    s.ask("GET").accept().reply("200").heard();
    CHECK(s.fail(error).heard().starts_with("c reset backend_re"));
    CHECK(s.counters.replies_2xx == 1);
  }
}

TEST_CASE("retry: the body is kept until the client has some of the reply") {
  Script s;
  s.client.is_unsent = true;
  s.begin().ask_more("PUT").send("abc").accept().reply("200").send("de").send_end().reply_data(5).heard();
  s.backend.body.clear();
  CHECK(s.fail(lost()).heard() == "c take back · b2 open PUT / · b2 data 5 · b2 end");
  CHECK(s.backend.body == "abcde");
  s.accept().reply("200").reply_data(5);
  s.exchanges.from_client(s.key)->credit(5);
  s.heard();
  CHECK(s.fail(lost()).heard().starts_with("c take back · c head 502"));
}

TEST_CASE("retry: a reply that is taken back has counted for its budget, and its time to reply begins anew") {
  ExchangeSettings settings = with_budget(0, 1);
  settings.reply_timeout = Millis{3'000};
  Script s(settings);
  s.client.is_unsent = true;
  s.ask("GET").accept().pass(Millis{2'000}).reply("200").fail(lost()).heard();
  const ExchangeKey first = s.key;
  s.ask("GET").accept().reply("200").heard();
  CHECK(s.fail(lost()).heard() == "c take back");  // the only place is taken
  s.key = first;
  CHECK(s.pass(Millis{700}).heard().empty());
  CHECK(s.pass(Millis{2'299}).counters.replies_5xx == 1);  // the other's
  CHECK(s.pass(TimerWheel::kTick).heard().find("c head 504") != std::string::npos);
}

// --- Credit -------------------------------------------------------------------------------------------------------

TEST_CASE("credit: the client is given what the worker gives, once the head start is used") {
  Script s;
  s.begin().ask_more("POST").heard();
  CHECK(s.grant(0).heard().empty());
  CHECK(s.grant(100).heard() == "c credit 100");
  CHECK(s.send(kOpeningWindow).send(100).heard() == "b1 data 65536 · b1 data 100");
  CHECK(s.send_end().grant(50).heard() == "b1 end");  // nobody is left to use it
}

TEST_CASE("credit: a retry does not give the client the same window twice") {
  Script s;
  s.begin().ask_more("PUT").send(1'000).accept().grant(190'000).heard();
  CHECK(s.client.credit_seen == 190'000);
  CHECK(s.fail(lost()).heard() == "b2 open PUT / · b2 data 1000");
  CHECK(s.accept().grant(190'000).heard().empty());
  CHECK(s.grant(10).heard() == "c credit 10");
  CHECK(s.client.credit_seen == 190'010);
}

TEST_CASE("credit: what the client was allowed before a retry waits for the new stream's credit") {
  Script s;
  s.begin().ask_more("PUT").accept().grant(100'000).send(60'000).heard();
  s.backend.body.clear();
  s.fail(lost()).heard();
  CHECK(s.send(80'000).heard() == "b2 data 5536");  // 65536 is all that an opening may hold
  CHECK(s.send(20'000).send_end().heard().empty());
  CHECK(s.grant(10).heard() == "b2 data 10");
  CHECK(s.grant(94'454).heard() == "b2 data 94454 · b2 end");
  CHECK(s.backend.body.size() == 160'000);
  CHECK(s.client.credit_seen == 100'000);
  CHECK(s.fail(lost()).heard().starts_with("c head 502"));  // no longer kept
}

TEST_CASE("credit: the client may use its credit from inside, in order") {
  Script s;
  s.begin().ask_more("POST").send(std::string(kOpeningWindow, 'a')).heard();
  s.client.on_credit = [&s] {
    s.client.on_credit = nullptr;
    s.send("bc").send_end();
  };
  CHECK(s.grant(2).heard() == "c credit 2 · b1 data 2 · b1 end");
  CHECK(s.backend.body.ends_with("aabc"));
}

// --- Budget -------------------------------------------------------------------------------------------------------

namespace {

// As many requests as wanted, whose worker then dies.
std::vector<ExchangeKey> lose_many(Script& s, int count) {
  std::vector<ExchangeKey> keys;
  for (int i = 0; i < count; ++i) keys.push_back(s.ask("GET").accept().key);
  s.heard();
  for (const ExchangeKey key : keys) s.exchanges.find(key)->reset(lost());
  return keys;
}

}  // namespace

TEST_CASE("budget: retries beyond it wait for one to be answered") {
  Script s(with_budget(0, 2));
  const auto keys = lose_many(s, 4);
  CHECK(s.heard() == "b5 open GET / last · b5 end · b6 open GET / last · b6 end");
  s.key = keys[0];
  CHECK(s.reply("200").heard() == "c head 200 · b7 open GET / last · b7 end");  // in order of waiting
  s.key = keys[1];
  CHECK(s.cancel().heard() == "b6 reset 8 · b8 open GET / last · b8 end");
  CHECK(s.counters.retries == 4);
  CHECK(s.counters.retries_denied == 0);
}

TEST_CASE("budget: it is a share of what is open") {
  Script s(with_budget(20, 1));
  for (int i = 0; i < 6; ++i) s.ask("POST");
  lose_many(s, 4);  // of 10
  CHECK(s.backend.streams == 10 + 2);
}

TEST_CASE("budget: who waits too long is denied, with a 502") {
  Script s(with_budget(0, 1));
  const auto keys = lose_many(s, 3);
  s.heard();
  CHECK(s.pass(kRetryWait - Millis{1}).heard().empty());
  CHECK(s.pass(TimerWheel::kTick).heard().starts_with("c head 502 · c data "));
  CHECK(s.counters.retries_denied == 2);
  CHECK(s.exchanges.find(keys[0]) != nullptr);
  CHECK(s.exchanges.find(keys[1]) == nullptr);
  CHECK(s.exchanges.find(keys[2]) == nullptr);
}

TEST_CASE("budget: who went away while waiting is not tried again") {
  Script s(with_budget(0, 1));
  const auto keys = lose_many(s, 2);
  s.heard();
  s.key = keys[1];
  CHECK(s.cancel().heard().empty());
  s.key = keys[0];
  CHECK(s.reply("200").reply_end().heard() == "c head 200 · c end");
  CHECK(s.exchanges.size() == 0);
}

TEST_CASE("budget: a body goes on coming while its request waits") {
  Script s(with_budget(0, 1));
  const auto blocker = lose_many(s, 1);
  s.begin().ask_more("PUT").accept().grant(1'000).send(65'000).heard();
  const ExchangeKey key = s.key;
  CHECK(s.fail(lost()).heard().empty());
  CHECK(s.send(1'500).send_end().heard().empty());
  s.key = blocker[0];
  CHECK(s.reply("200").heard() == "c head 200 · b4 open PUT / · b4 data 65536");
  s.key = key;
  CHECK(s.grant(964).heard() == "b4 data 964 · b4 end");
}

TEST_CASE("budget: proven unseen openings need none") {
  Script s(with_budget(0, 0));
  CHECK(s.ask("POST").fail(unseen()).heard().ends_with("b2 open POST / last · b2 end"));
  CHECK(s.counters.retries_denied == 0);
}

TEST_CASE("budget: one exchange takes one place however often it is tried") {
  Script s(with_budget(0, 1));
  s.ask("GET").fail(lost()).fail(lost()).pass(kRetryPause);
  CHECK(s.backend.streams == 3);
}

TEST_CASE("retry: the second one waits a moment, workers that die in a row are not met one by one") {
  Script s;
  s.ask("GET").fail(lost());
  CHECK(s.backend.streams == 2);
  s.fail(lost()).pass(kRetryPause / 2);
  CHECK(s.backend.streams == 2);
  CHECK(s.pass(kRetryPause).backend.streams == 3);
}

TEST_CASE("retry: a client that goes away ends the pause") {
  Script s;
  s.ask("GET").fail(lost()).fail(lost()).cancel();
  s.pass(kRetryPause * 2);
  CHECK(s.backend.streams == 2);
}

TEST_CASE("retry: a WebSocket that a worker has accepted, or refused, is not opened again") {
  Script accepted;
  accepted.ask_socket().accept().reply("200").heard();
  CHECK(accepted.fail(lost()).heard() == "c reset backend_lost");
  Script refused;
  refused.ask_socket().accept().reply("403").heard();
  CHECK(refused.fail(lost()).heard() == "c reset backend_lost");
}
