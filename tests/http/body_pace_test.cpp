#include "router/http/body_pace.h"

#include <doctest/doctest.h>

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

HttpLimits limits_of(std::uint64_t rate) {
  HttpLimits limits;
  limits.body_timeout = 30s;
  limits.body_rate = rate;
  return limits;
}

}  // namespace

TEST_CASE("body pace: who sends nothing has the whole time, and no more") {
  const HttpLimits limits = limits_of(100);
  BodyPace pace;
  CHECK(pace.patience(limits) == 30s);
  pace.waited(29s);
  CHECK(pace.patience(limits) == 1s);
  pace.waited(2s);
  CHECK(pace.patience(limits) == 0s);
  pace.begin();
  CHECK(pace.patience(limits) == 30s);
}

TEST_CASE("body pace: bytes buy time at the rate, and none to keep") {
  const HttpLimits limits = limits_of(100);
  BodyPace pace;
  pace.waited(20s);
  pace.got(500, limits);
  CHECK(pace.patience(limits) == 15s);
  pace.got(1 << 30, limits);  // however many: a burst is no licence to dribble
  CHECK(pace.patience(limits) == 30s);
  for (int second = 0; second < 1'000; ++second) {
    pace.waited(1s);
    pace.got(100, limits);
  }
  CHECK(pace.patience(limits) == 30s);
  for (int second = 0; second < 60; ++second) {
    pace.waited(1s);
    pace.got(50, limits);
  }
  CHECK(pace.patience(limits) == 0s);
}

TEST_CASE("body pace: without a rate there is no end to patience") {
  const HttpLimits limits = limits_of(0);
  BodyPace pace;
  pace.waited(1'000h);
  pace.got(1, limits);
  CHECK(pace.patience(limits) == Clock::duration::max());
}
