// What operators see of exchanges, and what they may do to them.
#include <doctest/doctest.h>

#include "router/observe/request_book.h"
#include "tests/exchange/script.h"

using namespace zeroway;

namespace {

class Kept : public Script {
 public:
  Kept() { exchanges.keep_requests(book); }

  std::string last_failed() {
    const auto failed = book.failed();
    return failed.empty() ? "" : failed.front().json;
  }
  bool has(const std::string& text) { return last_failed().find(text) != std::string::npos; }

  RequestBook book;
};

}  // namespace

TEST_CASE("operator: a request that failed is kept with its attempts and who ended it") {
  Kept s;
  s.ask("GET").accept("w1");
  s.clock.time += Millis{3};
  s.fail(lost()).pass(Millis{200}).accept("w2");
  s.clock.time += Millis{4};
  s.fail(lost()).pass(Millis{300}).fail(lost());
  CHECK(s.is_over());
  CHECK_MESSAGE(s.has(R"("reason":"backend_lost")"), s.last_failed());
  CHECK(s.has(R"("attempts":3)"));
  CHECK(s.has(R"("ended_by":"backend")"));
  CHECK_MESSAGE(s.has(R"("lost":[{"worker":"w1","queue_ms":0.000,"backend_ms":3.000,"reason":"backend_lost"},)"
                      R"({"worker":"w2","queue_ms":200.000,"backend_ms":4.000,"reason":"backend_lost"}])"),
                s.last_failed());
}

TEST_CASE("operator: who ended a request") {
  Kept gone;
  gone.ask("GET").accept().cancel();
  CHECK(gone.has(R"("ended_by":"client","lost":[])"));
  Kept nobody;
  nobody.ask("GET").fail(no_backend());
  CHECK(nobody.has(R"("ended_by":"router","lost":[])"));
  Kept bad;
  bad.ask("GET").accept().reply("500").reply_end();
  CHECK(bad.has(R"("status":500)"));
  CHECK(bad.has(R"("reason":"","request_id")") == false);
  CHECK(bad.has(R"("ended_by":"backend")"));
}

TEST_CASE("operator: a request that went well is kept only as slow") {
  Kept s;
  s.ask("GET").accept();
  s.clock.time += Millis{5};
  s.reply("200").reply_end();
  CHECK(s.book.failed().empty());
  REQUIRE(s.book.slow().size() == 1);
  CHECK(s.book.slow().front().total_time == Millis{5});
  Kept socket;
  socket.ask_socket().accept().reply("200");
  socket.clock.time += Millis{5'000};
  socket.reply_end().send_end();
  CHECK(socket.book.slow().empty());
}

TEST_CASE("operator: an exchange whose head has come is told with who has it") {
  Script s;
  s.begin();
  CHECK_MESSAGE(s.exchanges.oldest(10, s.clock.time).empty(), "nothing is known of it yet");
  s.ask_more("PUT", "/a?b=c");
  s.clock.time += Millis{7};
  auto open = s.exchanges.oldest(10, s.clock.time);
  REQUIRE(open.size() == 1);
  CHECK(open[0].method == "PUT");
  CHECK(open[0].path == "/a?b=c");
  CHECK(open[0].address == "192.0.2.1");
  CHECK(open[0].worker.empty());
  CHECK(open[0].age == Millis{7});
  CHECK_FALSE(open[0].is_web_socket);
  s.accept("w1");
  CHECK(s.exchanges.oldest(10, s.clock.time)[0].worker == "w1");
}

TEST_CASE("operator: the oldest exchanges are told first, and no more than asked for") {
  Script s;
  for (int n = 0; n < 5; ++n) {
    s.begin().ask_more("GET", "/" + std::to_string(n), Last::yes);
    s.clock.time += Millis{1};
  }
  const auto open = s.exchanges.oldest(2, s.clock.time);
  REQUIRE(open.size() == 2);
  CHECK(open[0].path == "/0");
  CHECK(open[1].path == "/1");
}

TEST_CASE("operator: a request that is closed before its reply is 503, and its stream is reset") {
  Script s;
  s.ask("GET").accept();
  s.heard();
  CHECK(s.exchanges.close(s.key));
  CHECK(s.heard().starts_with("b1 reset 8 · c head 503 · c data"));
  CHECK(s.is_over());
  CHECK_FALSE(s.exchanges.close(s.key));
}

TEST_CASE("operator: a request that is closed within its reply is reset") {
  Script s;
  s.ask("GET").accept().reply("200").reply_data(5);
  s.heard();
  CHECK(s.exchanges.close(s.key));
  CHECK(s.heard() == "b1 reset 8 · c reset closed");
}

TEST_CASE("operator: all requests of a worker are closed, and no others") {
  Script s;
  s.ask("GET").accept("w1");
  s.ask("GET").accept("w2");
  const ExchangeKey other = s.key;
  s.ask("GET").accept("w1");
  CHECK(s.exchanges.close_of("w1") == 2);
  CHECK(s.exchanges.close_of("w1") == 0);
  CHECK(s.exchanges.find(other) != nullptr);
}
