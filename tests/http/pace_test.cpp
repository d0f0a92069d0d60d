#include "router/http/pace.h"

#include <doctest/doctest.h>

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

LeastRate rate_of(std::uint64_t bytes) { return {bytes, 30s}; }

}  // namespace

TEST_CASE("pace: who sends nothing has the whole time, and no more") {
  const LeastRate rate = rate_of(100);
  Pace pace;
  CHECK(pace.patience(rate) == 30s);
  pace.waited(29s);
  CHECK(pace.patience(rate) == 1s);
  pace.waited(2s);
  CHECK(pace.patience(rate) == 0s);
  pace.begin();
  CHECK(pace.patience(rate) == 30s);
}

TEST_CASE("pace: bytes buy time at the rate, and none to keep") {
  const LeastRate rate = rate_of(100);
  Pace pace;
  pace.waited(20s);
  pace.moved(500, rate);
  CHECK(pace.patience(rate) == 15s);
  pace.moved(1 << 30, rate);  // however many: a burst is no licence to dribble
  CHECK(pace.patience(rate) == 30s);
  for (int second = 0; second < 1'000; ++second) {
    pace.waited(1s);
    pace.moved(100, rate);
  }
  CHECK(pace.patience(rate) == 30s);
  for (int second = 0; second < 60; ++second) {
    pace.waited(1s);
    pace.moved(50, rate);
  }
  CHECK(pace.patience(rate) == 0s);
}

TEST_CASE("pace: without a rate there is no end to patience") {
  const LeastRate rate = rate_of(0);
  Pace pace;
  pace.waited(1'000h);
  pace.moved(1, rate);
  CHECK(pace.patience(rate) == Clock::duration::max());
}

TEST_CASE("pace: bodies and replies each have a rate and a time of their own") {
  HttpLimits limits;
  limits.body_rate = 1;
  limits.body_timeout = 2s;
  limits.send_rate = 3;
  limits.send_timeout = 4s;
  CHECK(least_body_rate(request_terms(limits)).bytes == 1);
  CHECK(least_body_rate(request_terms(limits)).over == 2s);
  CHECK(least_send_rate(limits).bytes == 3);
  CHECK(least_send_rate(limits).over == 4s);
}
