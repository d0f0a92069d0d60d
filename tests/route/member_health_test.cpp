#include "router/route/member_health.h"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

const HealthTime kStart{1'000h};
const HealthRules kRules{.fall = 3, .rise = 2, .back_off = 2s};

void fail(MemberHealth& health, int times, HealthTime now) {
  for (int i = 0; i < times; ++i) health.take_anyway().failed(now);
}

// Lets the trial that is due at `now` fail.
void fail_trial(MemberHealth& health, HealthTime now) {
  auto trial = health.take(now);
  REQUIRE(trial.has_value());
  REQUIRE(trial->is_trial());
  trial->failed(now);
}

}  // namespace

TEST_CASE("health: a member without any news is fit") {
  MemberHealth health(kRules);
  CHECK(health.is_fit(kStart));
  CHECK(health.text(kStart) == "up");
  auto ticket = health.take(kStart);
  REQUIRE(ticket.has_value());
  CHECK_FALSE(ticket->is_trial());
}

TEST_CASE("health: only failures in a row take a member out, for back_off") {
  MemberHealth health(kRules);
  fail(health, 2, kStart);
  CHECK(health.text(kStart) == "up, 2 failures in a row");
  health.take(kStart)->succeeded();
  fail(health, 2, kStart);
  CHECK(health.is_fit(kStart));
  fail(health, 1, kStart);
  CHECK_FALSE(health.is_fit(kStart));
  CHECK_FALSE(health.take(kStart + 1'999ms).has_value());
  CHECK(health.text(kStart) == "out for 2 s");
  CHECK(health.is_fit(kStart + 2s));
  CHECK(health.text(kStart + 2s) == "out, the next request is a trial");
}

TEST_CASE("health: a client that cancels is no failure, and no success either") {
  MemberHealth health(kRules);
  fail(health, 2, kStart);
  for (int i = 0; i < 10; ++i) (void)health.take(kStart);
  CHECK(health.text(kStart) == "up, 2 failures in a row");
}

TEST_CASE("health: after back_off one request is the trial, and the others wait for its result") {
  MemberHealth health(kRules);
  fail(health, 3, kStart);
  auto trial = health.take(kStart + 2s);
  REQUIRE(trial.has_value());
  CHECK(trial->is_trial());
  CHECK_FALSE(health.is_fit(kStart + 1h));
  CHECK_FALSE(health.take(kStart + 1h).has_value());
  CHECK(health.text(kStart + 1h) == "on trial");
  trial->succeeded();
  CHECK(health.text(kStart) == "up");
}

TEST_CASE("health: a failed trial doubles back_off up to a minute, and a success resets it") {
  MemberHealth health(kRules);
  fail(health, 3, kStart);
  HealthTime now = kStart;
  for (const auto wait : {2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}) {
    CAPTURE(wait.count());
    CHECK_FALSE(health.is_fit(now + wait - 1ms));
    now += wait;
    fail_trial(health, now);
  }
  for (int i = 0; i < 100; ++i) fail_trial(health, now += 60s);
  health.take(now += 60s)->succeeded();
  fail(health, 3, now);
  CHECK_FALSE(health.is_fit(now + 1'999ms));
  CHECK(health.is_fit(now + 2s));
}

TEST_CASE("health: a back_off over a minute stays as it is, and one of a millisecond gets to a minute") {
  MemberHealth health({.fall = 1, .rise = 1, .back_off = 90s});
  fail(health, 1, kStart);
  fail_trial(health, kStart + 90s);
  CHECK(health.is_fit(kStart + 180s));
  MemberHealth quick({.fall = 1, .rise = 1, .back_off = 1ms});
  fail(quick, 1, kStart);
  HealthTime now = kStart;
  for (int i = 0; i < 40; ++i) fail_trial(quick, now += 60s);
  CHECK_FALSE(quick.is_fit(now + 59'999ms));
}

TEST_CASE("health: a trial without a result is given back, and the next request is one") {
  MemberHealth health(kRules);
  fail(health, 3, kStart);
  { const auto cancelled = health.take(kStart + 2s); }
  CHECK(health.is_fit(kStart + 2s));
  auto first = health.take(kStart + 2s);
  CHECK_FALSE(health.take(kStart + 2s).has_value());
  HealthTicket moved = std::move(*first);
  first.reset();
  CHECK_FALSE(health.is_fit(kStart + 2s));
  moved = health.take_anyway();  // what it held is given back
  CHECK(health.is_fit(kStart + 2s));
}

TEST_CASE("health: requests from before the member was out decide nothing more") {
  MemberHealth health(kRules);
  HealthTicket good = health.take_anyway();
  fail(health, 3, kStart);
  good.succeeded();
  CHECK_FALSE(health.is_fit(kStart + 1'999ms));
  fail(health, 10, kStart + 1s);
  CHECK(health.is_fit(kStart + 2s));
  auto trial = health.take(kStart + 2s);
  health.take_anyway().succeeded();
  fail(health, 10, kStart + 2s);
  CHECK(health.text(kStart + 2s) == "on trial");
}

TEST_CASE("health: the first word of a ticket counts") {
  MemberHealth health({.fall = 1});
  HealthTicket ticket = health.take_anyway();
  ticket.succeeded();
  ticket.failed(kStart);
  CHECK(health.is_fit(kStart));
}

TEST_CASE("health: probes take a member out and back by counts for both") {
  MemberHealth health(kRules);
  health.probe_failed(), health.probe_failed(), health.probe_succeeded();
  health.probe_failed(), health.probe_failed();
  CHECK(health.is_fit(kStart));
  health.probe_failed();
  CHECK_FALSE(health.is_fit(kStart));
  CHECK_FALSE(health.take(kStart + 1h).has_value());
  CHECK(health.text(kStart) == "out by probes");
  health.probe_succeeded(), health.probe_failed(), health.probe_succeeded();
  CHECK_FALSE(health.is_fit(kStart));
  health.probe_succeeded();
  CHECK(health.is_fit(kStart));
}

TEST_CASE("health: a good probe does not shorten the back_off that requests caused") {
  MemberHealth health(kRules);
  fail(health, 3, kStart);
  for (int i = 0; i < 5; ++i) health.probe_succeeded();
  CHECK_FALSE(health.is_fit(kStart));
}

TEST_CASE("health: a successor after a reload begins where the member was") {
  MemberHealth health(kRules);
  CHECK(MemberHealth(kRules, health.state()).is_fit(kStart));
  fail(health, 3, kStart);
  fail_trial(health, kStart + 2s);
  MemberHealth next(kRules, health.state());
  CHECK_FALSE(next.is_fit(kStart + 5'999ms));
  auto trial = health.take(kStart + 6s);
  MemberHealth after_trial(kRules, health.state());
  CHECK(after_trial.is_fit(kStart + 6s));
  fail_trial(after_trial, kStart + 6s);
  CHECK_FALSE(after_trial.is_fit(kStart + 13'999ms));  // the third back_off is 8 s
  for (int i = 0; i < 3; ++i) health.probe_failed();
  CHECK(MemberHealth(kRules, health.state()).text(kStart) == "out by probes");
}

TEST_CASE("health: rules of zero are one, so that nothing flips without a result") {
  MemberHealth health({.fall = 0, .rise = 0, .back_off = 0ms});
  CHECK(health.is_fit(kStart));
  fail(health, 1, kStart);
  CHECK_FALSE(health.is_fit(kStart));
  CHECK(health.is_fit(kStart + 1ms));
}

TEST_CASE("health: of many loops exactly one gets the trial") {
  for (int round = 0; round < 200; ++round) {
    MemberHealth health(kRules);
    fail(health, 3, kStart);
    std::array<std::optional<HealthTicket>, 4> tickets;
    std::atomic<int> trials{0};
    std::vector<std::thread> loops;
    for (auto& mine : tickets) {
      loops.emplace_back([&health, &trials, &mine] {
        mine = health.take(kStart + 2s);
        if (mine) ++trials;
      });
    }
    for (std::thread& loop : loops) loop.join();
    CHECK(trials == 1);
  }
}

TEST_CASE("health: failures of several loops add up, none is lost") {
  MemberHealth health({.fall = 4'001});
  std::vector<std::thread> loops;
  for (int loop = 0; loop < 4; ++loop) loops.emplace_back([&health] { fail(health, 1'000, kStart); });
  for (std::thread& loop : loops) loop.join();
  CHECK(health.text(kStart) == "up, 4000 failures in a row");
  fail(health, 1, kStart);
  CHECK_FALSE(health.is_fit(kStart));
}
