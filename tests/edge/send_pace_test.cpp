#include "router/edge/send_pace.h"

#include <doctest/doctest.h>

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

HttpLimits limits_of(std::uint64_t rate) {
  HttpLimits limits;
  limits.send_timeout = 30s;
  limits.send_rate = rate;
  return limits;
}

constexpr Time kNow{1'000s};

}  // namespace

TEST_CASE("send pace: who takes nothing has the whole time, from when something began to wait") {
  const HttpLimits limits = limits_of(100);
  SendPace pace;
  pace.look(0, kNow, limits);
  pace.added(5'000, kNow + 7s);
  CHECK(pace.due(limits) == kNow + 37s);
  pace.added(6'000, kNow + 10s);  // more does not buy time
  pace.look(6'000, kNow + 20s, limits);
  CHECK(pace.due(limits) == kNow + 37s);
}

TEST_CASE("send pace: what is taken buys time at the rate") {
  const HttpLimits limits = limits_of(100);
  SendPace pace;
  Time now = kNow;
  pace.added(100'000, now);
  std::size_t queued = 100'000;
  for (int second = 0; second < 500; ++second) {
    pace.look(queued -= 100, now += 1s, limits);
    CHECK(pace.due(limits) == now + 30s);
  }
  for (int second = 0; second < 30; ++second) pace.look(queued -= 50, now += 1s, limits);
  CHECK(pace.due(limits) == now + 15s);
  pace.added(queued += 50'000, now);
  pace.look(queued -= 40'000, now += 1s, limits);  // at once, as kernels do
  CHECK(pace.due(limits) == now + 30s);
}

TEST_CASE("send pace: while nothing waits no time passes, and who took all is not behind") {
  const HttpLimits limits = limits_of(100);
  SendPace pace;
  pace.added(10, kNow);
  pace.look(1, kNow + 29s, limits);
  CHECK(pace.due(limits) < kNow + 31s);
  pace.look(0, kNow + 30s, limits);
  pace.look(0, kNow + 24h, limits);
  pace.added(1, kNow + 25h);
  CHECK(pace.due(limits) == kNow + 25h + 30s);
  SendPace other;
  other.look(7, kNow, limits);  // nobody said that something was added
  CHECK(other.due(limits) == kNow + 30s);
}

TEST_CASE("send pace: without a rate nothing is ever due") {
  const HttpLimits limits = limits_of(0);
  SendPace pace;
  pace.added(10, kNow);
  pace.look(9, kNow + 1'000h, limits);
  CHECK(pace.due(limits) == Time::max());
}
