#include "router/exchange/exchange.h"

#include <doctest/doctest.h>

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
  s.begin().ask_more("POST").send(3).send(4).send_end({{"sum", "1"}});
  CHECK(s.heard() == "b1 open POST / · b1 data 3 · b1 data 4 · b1 end sum=1");
  CHECK(s.reply("200").reply_end({{"sum", "2"}}).heard() == "c head 200 · c end sum=2");
}

TEST_CASE("exchange: a reply that is its head is over with it, and an end after it finds nothing") {
  Script s;
  CHECK(s.ask("GET").reply("302", Last::yes).heard() == "b1 open GET / last · b1 end · c head 302 last · c end");
  CHECK(s.is_over());
  CHECK(s.reply_end().heard().empty());
}
