#include "router/net/timer_wheel.h"

#include <doctest/doctest.h>

#include <functional>
#include <memory>

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

struct Bell : TimerWheel::Node {
  void ring() override {
    ++rings;
    if (then) then();
  }
  int rings = 0;
  std::function<void()> then;
};

const Time kBegin{};

}  // namespace

TEST_CASE("timer wheel: rings once, never early, at most a tick late") {
  TimerWheel wheel(kBegin);
  Bell bell;
  wheel.set(bell, kBegin + 95ms);
  wheel.advance(kBegin + 94ms);
  CHECK(bell.rings == 0);
  wheel.advance(kBegin + 95ms + TimerWheel::kTick);
  CHECK(bell.rings == 1);
  wheel.advance(kBegin + 10s);
  CHECK(bell.rings == 1);
}

TEST_CASE("timer wheel: further than a round of slots is met later, not early") {
  TimerWheel wheel(kBegin);
  Bell bell;
  wheel.set(bell, kBegin + 75s);
  for (Time now = kBegin; now < kBegin + 75s; now += 250ms) wheel.advance(now);
  CHECK(bell.rings == 0);
  wheel.advance(kBegin + 75s + TimerWheel::kTick);
  CHECK(bell.rings == 1);
}

TEST_CASE("timer wheel: setting again moves, to later and to earlier") {
  TimerWheel wheel(kBegin);
  Bell bell;
  wheel.set(bell, kBegin + 1s);
  wheel.set(bell, kBegin + 2s);
  wheel.advance(kBegin + 1500ms);
  CHECK(bell.rings == 0);
  wheel.set(bell, kBegin + 1600ms);
  wheel.advance(kBegin + 1620ms);
  CHECK(bell.rings == 1);
}

TEST_CASE("timer wheel: a ring may set itself and end others") {
  TimerWheel wheel(kBegin);
  Bell first;
  auto second = std::make_unique<Bell>();
  first.then = [&] {
    second.reset();
    if (first.rings < 2) wheel.set(first, kBegin + 50ms);
  };
  wheel.set(first, kBegin + 20ms);
  wheel.set(*second, kBegin + 20ms);
  wheel.advance(kBegin + 30ms);
  CHECK(first.rings == 1);
  wheel.advance(kBegin + 60ms);
  CHECK(first.rings == 2);
}

TEST_CASE("timer wheel: after a long sleep all that is due rings") {
  TimerWheel wheel(kBegin);
  Bell near;
  Bell far;
  wheel.set(near, kBegin + 10ms);
  wheel.set(far, kBegin + 30s);
  wheel.advance(kBegin + 100s);
  CHECK(near.rings == 1);
  CHECK(far.rings == 1);
}

TEST_CASE("timer wheel: says when to look next, and nothing when it is empty") {
  TimerWheel wheel(kBegin);
  CHECK_FALSE(wheel.next());
  Bell bell;
  wheel.set(bell, kBegin + 500ms);
  REQUIRE(wheel.next());
  CHECK(*wheel.next() == kBegin + 500ms);
  wheel.advance(kBegin + 500ms);
  CHECK(bell.rings == 1);
  CHECK_FALSE(wheel.next());
}
