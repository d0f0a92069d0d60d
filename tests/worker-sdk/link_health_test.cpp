#include "worker-sdk/src/session/link_health.h"

#include <doctest/doctest.h>

#include "worker-sdk/src/wire/loop_watch.h"

using namespace zeroway;
using namespace std::chrono_literals;

using Verdict = LinkHealth::Verdict;

namespace {

const LinkHealth::TimePoint kStart = LinkHealth::TimePoint() + 1h;

}  // namespace

TEST_CASE("health: a silent router is asked once in an interval, and given up after the timeout") {
  LinkHealth health;
  CHECK(health.look(kStart) == Verdict::fine);  // nobody is watched before begin()
  health.set_pace(250ms, 1s);
  health.begin(kStart);
  CHECK(health.next_look() == kStart + 250ms);
  CHECK(health.look(kStart + 249ms) == Verdict::fine);
  CHECK(health.look(kStart + 250ms) == Verdict::ask);
  CHECK(health.look(kStart + 251ms) == Verdict::fine);
  CHECK(health.look(kStart + 500ms) == Verdict::ask);
  CHECK(health.look(kStart + 999ms) == Verdict::ask);
  CHECK(health.look(kStart + 1s) == Verdict::silent);
  health.end();
  CHECK(health.look(kStart + 1h) == Verdict::fine);
}

TEST_CASE("health: any message begins the time anew, also one that comes while nobody is watched") {
  LinkHealth health;
  health.heard(kStart);
  CHECK_FALSE(health.is_watching());
  health.begin(kStart);
  health.heard(kStart + 900ms);
  CHECK(health.look(kStart + 1'100ms) == Verdict::fine);
  CHECK(health.look(kStart + 1'900ms) == Verdict::silent);
}

TEST_CASE("health: the times are those of the router's WELCOME") {
  LinkHealth health;
  health.set_pace(2s, 10s);
  health.begin(kStart);
  CHECK(health.look(kStart + 1'999ms) == Verdict::fine);
  CHECK(health.look(kStart + 2s) == Verdict::ask);
  CHECK(health.look(kStart + 10s) == Verdict::silent);
}

TEST_CASE("watch: a loop that sleeps as long as it meant to, and works for less than a heartbeat, was not away") {
  LoopWatch watch(250ms);
  auto now = kStart;
  CHECK_FALSE(watch.begin_turn(now));
  watch.sleep(now += 200ms, now + 10s);
  CHECK_FALSE(watch.begin_turn(now += 10s));
  watch.sleep(now, now + 10s);
  CHECK_FALSE(watch.begin_turn(now += 1ms));  // something came
  CHECK_FALSE(watch.begin_turn(now += 250ms));
}

TEST_CASE("watch: a process that was stopped, asleep or at work, was away, once") {
  LoopWatch watch(250ms);
  auto now = kStart;
  CHECK_FALSE(watch.begin_turn(now));
  watch.sleep(now, now + 1s);
  CHECK(watch.begin_turn(now += 5s));
  CHECK_FALSE(watch.begin_turn(now));
  watch.sleep(now += 5s, now + 1ms);  // a handler blocked the turn
  CHECK(watch.begin_turn(now += 1ms));
  CHECK_FALSE(watch.begin_turn(now));
}
