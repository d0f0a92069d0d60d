#include "router/access/rate_table.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "router/access/keyed_hash.h"
#include "router/access/rate_reply.h"

namespace zeroway {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

RateRule rule_of(std::uint64_t requests, nanoseconds per, std::uint64_t burst) {
  RateRule rule;
  rule.requests = requests;
  rule.per = per;
  rule.burst = burst;
  return rule;
}

constexpr Time kStart{std::chrono::hours(1)};

// How many of the requests, which come every `pace`, are allowed.
std::size_t served(RateTable& table, const RateRule& rule, nanoseconds pace, nanoseconds time) {
  std::size_t served = 0;
  for (nanoseconds at{0}; at < time; at += pace) served += table.take(7, rule, kStart + at).is_allowed ? 1 : 0;
  return served;
}

}  // namespace

TEST_CASE("rate: of a client that sends ten times as much, the rate and one burst are served") {
  RateTable table(64);
  CHECK(served(table, rule_of(100, seconds(1), 1), milliseconds(1), seconds(10)) == 1'000);
  RateTable again(64);
  CHECK(served(again, rule_of(100, seconds(1), 20), milliseconds(1), seconds(10)) == 1'019);
}

TEST_CASE("rate: a client that keeps to its rate is never refused, whatever the rate divides into") {
  for (const std::uint64_t requests : {1U, 3U, 7U, 100U, 999'983U}) {
    RateTable table(64);
    const RateRule rule = rule_of(requests, seconds(1), 1);
    CHECK(served(table, rule, rule.interval(), rule.interval() * 50) == 50);
  }
}

TEST_CASE("rate: two requests in one tick of the clock are two requests") {
  RateTable table(64);
  const RateRule rule = rule_of(1, seconds(1), 2);
  CHECK(table.take(1, rule, kStart).is_allowed);
  CHECK(table.take(1, rule, kStart).is_allowed);
  CHECK_FALSE(table.take(1, rule, kStart).is_allowed);
}

TEST_CASE("rate: what is left, when the next one may come, and when all of the burst is back") {
  RateTable table(64);
  const RateRule rule = rule_of(2, seconds(1), 3);
  const auto first = table.take(1, rule, kStart);
  CHECK(first.left == 2);
  CHECK(first.wait == seconds(0));
  CHECK(first.reset == milliseconds(500));
  static_cast<void>(table.take(1, rule, kStart));
  CHECK(table.take(1, rule, kStart).left == 0);
  const auto refused = table.take(1, rule, kStart + milliseconds(100));
  CHECK_FALSE(refused.is_allowed);
  CHECK(refused.wait == milliseconds(400));
  CHECK(table.take(1, rule, kStart + milliseconds(500)).is_allowed);
}

TEST_CASE("rate: a refused request costs nothing, so a client that goes on is served at its rate") {
  RateTable table(64);
  CHECK(served(table, rule_of(1, seconds(1), 1), milliseconds(10), seconds(10)) == 10);
}

TEST_CASE("rate: clients do not share a bucket") {
  RateTable table;
  const KeyedHash hash = KeyedHash::make();
  const RateRule rule = rule_of(1, seconds(60), 1);
  std::size_t allowed = 0;
  for (int client = 0; client < 1'000; ++client)
    allowed += table.take(hash.of(std::to_string(client)), rule, kStart).is_allowed ? 1 : 0;
  CHECK(allowed == 1'000);
}

TEST_CASE("rate: a million clients take the slots that are there, and idle ones give theirs up") {
  RateTable table(4'096);
  const KeyedHash hash = KeyedHash::make();
  const RateRule rule = rule_of(1, seconds(60), 1);
  for (int client = 0; client < 1'000'000; ++client)
    static_cast<void>(table.take(hash.of(std::to_string(client)), rule, kStart));
  CHECK(table.size() == 4'096);
  CHECK(table.used() <= table.size());
  // A minute later all of them are idle, and a new one finds a slot.
  const Time later = kStart + seconds(61);
  CHECK(table.take(hash.of("new"), rule, later).is_allowed);
  CHECK_FALSE(table.take(hash.of("new"), rule, later).is_allowed);
}

TEST_CASE("rate: the client that is the furthest ahead keeps its slot in a flood of others") {
  RateTable table(4);
  const RateRule rule = rule_of(1, seconds(60), 5);
  for (int at = 0; at < 5; ++at) CHECK(table.take(1, rule, kStart).is_allowed);
  for (std::uint64_t other = 2; other < 10'000; ++other) static_cast<void>(table.take(other << 20, rule, kStart));
  CHECK_FALSE(table.take(1, rule, kStart).is_allowed);
}

TEST_CASE("rate: four loops together serve what one serves") {
  RateTable table;
  const RateRule rule = rule_of(100, seconds(1), 10);
  std::atomic<std::size_t> allowed{0};
  std::vector<std::thread> loops;
  for (int loop = 0; loop < 4; ++loop) {
    loops.emplace_back([&] {
      for (int at = 0; at < 10'000; ++at) {
        if (table.take(7, rule, kStart + at * milliseconds(1)).is_allowed) allowed.fetch_add(1);
      }
    });
  }
  for (std::thread& loop : loops) loop.join();
  // The last millisecond of the script is within one interval of 10 s.
  CHECK(allowed.load() <= 1'009);
  CHECK(allowed.load() >= 990);
}

TEST_CASE("rate: the fields of a reply and of a refusal") {
  RateTable table(64);
  const RateRule rule = rule_of(2, seconds(60), 1);
  FieldEdits edits;
  tell_rate(rule, table.take(1, rule, kStart), edits);
  Head head;
  edits.apply(head);
  CHECK_FALSE(head.has("retry-after"));
  CHECK(head.find("ratelimit") == "\"default\";r=0;t=30");
  CHECK(head.find("ratelimit-policy") == "\"default\";q=2;w=60");
  tell_rate(rule, table.take(1, rule, kStart + milliseconds(29'999)), edits);
  edits.apply(head);
  CHECK(head.find("retry-after") == "1");  // never 0
  CHECK(head.find("ratelimit") == "\"default\";r=0;t=1");
}

}  // namespace zeroway
