// When the fabric deals again after somebody came or went.
#include <doctest/doctest.h>

#include "router/fabric/fabric.h"
#include "router/fabric/limits.h"
#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

// Asks once and has the worker answer; its name.
std::string ask_and_answer(Bench& bench) {
  const StreamId stream = bench.ask();
  std::string name = bench.last_line();
  name.erase(name.find(':'));
  if (name.starts_with("deal ")) name.erase(0, 5);
  bench.reply(name, stream);
  return name;
}

// Whether a stream that is opened now is dealt.
bool deals(Bench& bench) {
  const std::uint64_t before = bench.counters.dealt;
  ask_and_answer(bench);
  return bench.counters.dealt > before;
}

// Two workers that are dealt to.
struct TwoWorkers : Bench {
  TwoWorkers() {
    join("a");
    join("b");
  }
};

}  // namespace

TEST_CASE("fabric settling: a newcomer makes it steer until everybody has sent a ping back") {
  Bench bench;
  bench.join("a");
  REQUIRE(deals(bench));
  bench.hello("b");
  bench.connect_deal("b");
  CHECK_FALSE(deals(bench));
  bench.pong("b");  // a's is of before, and as good
  CHECK(deals(bench));
}

TEST_CASE("fabric settling: the round begins when the newcomer has shaken hands, which takes no tick") {
  Bench bench;
  bench.join("a");
  bench.hello("b");
  const std::uint64_t before = bench.counters.ping_rounds;
  bench.fabric->deal_came(2);
  bench.turn();
  bench.pass(100);
  CHECK(bench.counters.ping_rounds == before);
  bench.wire.connected.emplace_back("b");
  bench.fabric->deal_shook_hands();
  bench.turn();
  CHECK(bench.counters.ping_rounds == before + 1);
}

TEST_CASE("fabric settling: a worker that dials deal before its hello is asked after it") {
  Bench bench;
  bench.connect_deal("a");
  bench.hello("a");
  CHECK_FALSE(deals(bench));
  bench.pong("a");
  CHECK(deals(bench));
}

TEST_CASE("fabric settling: a round that began before a break proves nothing") {
  TwoWorkers bench;
  bench.join("c");
  bench.pass(1'000);
  const std::uint64_t old_round = bench.wire.last_ping;
  bench.break_deal("c");
  bench.break_steer("c");
  const std::uint64_t new_round = std::exchange(bench.wire.last_ping, old_round);
  REQUIRE(new_round > old_round);
  bench.pong("a");
  bench.pong("b");
  CHECK_FALSE(deals(bench));
  bench.wire.last_ping = new_round;
  bench.pong("a");
  CHECK_FALSE(deals(bench));  // all but one
  bench.pong("b");
  CHECK(deals(bench));
}

TEST_CASE("fabric settling: a worker whose connection broke off before is missed later: no other round for that") {
  TwoWorkers bench;
  bench.join("c");
  bench.ask();
  bench.break_deal("c");  // somebody may have held it: a round begins
  bench.pong("a");
  bench.pong("b");
  CHECK_FALSE(deals(bench));
  bench.break_steer("c");
  CHECK(deals(bench));
}

TEST_CASE("fabric settling: a pong of a ping that was never dealt proves nothing") {
  TwoWorkers bench;
  bench.wire.last_ping += 1'000;
  bench.pong("a");
  bench.pong("b");
  bench.fabric->deal_broke(2);  // a's; it came again with what the monitor tells later
  bench.turn();
  CHECK_FALSE(deals(bench));
}

TEST_CASE("fabric settling: a pong that is guessed proves nothing, and its worker is found to be silent") {
  TwoWorkers bench;
  const std::uint64_t seen = bench.wire.last_ping;
  bench.pass(1'000);
  REQUIRE(bench.wire.last_ping > seen);
  bench.pong("b");
  for (std::uint64_t guess = seen + 1; guess < seen + 100; ++guess) {
    bench.wire.last_ping = guess;
    bench.pong("a");
  }
  bench.pass(120);
  CHECK(bench.counters.pings_late == 1);
  CHECK_FALSE(deals(bench));
}

TEST_CASE("fabric settling: a stranger in a worker's place is never dealt to, and settles nothing") {
  TwoWorkers bench;
  std::erase(bench.wire.connected, "b");
  bench.wire.connected.emplace_back("stranger");
  bench.fabric->deal_broke(1);
  bench.fabric->deal_came(2);
  bench.fabric->deal_shook_hands();
  bench.turn();
  for (int passed = 0; passed < 3'000; passed += 20) {
    bench.pong("a");
    CHECK_FALSE(deals(bench));
    bench.pass(20);
  }
  bench.break_deal("stranger");
  bench.connect_deal("b");
  bench.settle();
  CHECK(deals(bench));
}

TEST_CASE("fabric settling: a ping that is lost is dealt again, and then it settles") {
  TwoWorkers bench;
  bench.join("c");
  bench.wire.connected = {"a", "gone", "b"};  // ZeroMQ tells of c's end before it lets go of it
  bench.fabric->deal_broke(2);
  bench.break_steer("c");
  bench.pong("a");
  bench.wire.connected = {"a", "b"};
  CHECK_FALSE(deals(bench));
  const std::uint64_t rounds = bench.counters.ping_rounds;
  bench.pass(40);
  bench.pong("b");
  CHECK(deals(bench));
  CHECK(bench.counters.ping_rounds == rounds);  // the same one
}

TEST_CASE("fabric settling: what ZeroMQ knows of broken connections counts for the first stream that is dealt again") {
  TwoWorkers bench;
  bench.break_deal("b");
  bench.break_steer("b");
  bench.wire.connected = {"gone"};
  bench.wire.news = {"a"};
  bench.pong("a");
  REQUIRE(deals(bench));
  CHECK(bench.last_line() == "deal a: head GET / end");
}

TEST_CASE("fabric settling: a worker that takes routes is no longer waited for") {
  TwoWorkers bench;
  bench.hello_again("b", 1, 1'024, {{"", "/b"}});
  CHECK_FALSE(deals(bench));  // it is still on deal
  bench.break_deal("b");
  CHECK_FALSE(deals(bench));
  bench.pong("a");
  CHECK(deals(bench));
}

TEST_CASE("fabric settling: the last worker goes, the next one comes") {
  Bench bench;
  for (const char* name : {"a", "b", "c"}) {
    bench.join(name);
    CHECK(deals(bench));
    bench.break_steer(name);
    bench.break_deal(name);
  }
}

TEST_CASE("fabric settling: peers that come and go without end cost at most a round every 20 ms") {
  TwoWorkers bench;
  const auto stay_a_moment = [&bench] {
    for (int peer = 0; peer < 100; ++peer) {
      bench.connect_deal("peer");
      bench.break_deal("peer");
    }
  };
  const std::uint64_t before = bench.counters.ping_rounds;
  SUBCASE("while nothing is asked") {}
  SUBCASE("while a dealt stream has no holder") { bench.ask(); }
  stay_a_moment();
  CHECK(bench.counters.ping_rounds == before + 1);
  for (int passed = 0; passed < 1'000; passed += 20) {
    stay_a_moment();
    bench.pass(20);
  }
  CHECK(bench.counters.ping_rounds <= before + 51);
  bench.settle();
  CHECK(deals(bench));
}

TEST_CASE("fabric settling: on a table that stays uneven there is no round for it, and no busy tick") {
  FabricSettings settings;
  std::uint32_t weight = 1;
  std::vector<std::string> strangers;
  SUBCASE("another balance method") { settings.balance = Balance::least_connections; }
  SUBCASE("another weight") { weight = 2; }
  SUBCASE("strangers") { strangers = {"one", "another"}; }
  Bench bench(settings);
  bench.join("a");
  const std::uint64_t before = bench.counters.ping_rounds;
  for (const std::string& stranger : strangers) bench.connect_deal(stranger);
  bench.hello("b", weight);
  bench.connect_deal("b");
  bench.pass(100);
  CHECK(bench.counters.ping_rounds == before);
  CHECK(bench.fabric->tick_interval() == kLongTick);
}

TEST_CASE("fabric settling: ticks are busy while a round must wait, and no longer") {
  TwoWorkers bench;
  CHECK(bench.fabric->tick_interval() == kLongTick);
  bench.break_deal("b");
  bench.break_steer("b");
  bench.pong("a");
  REQUIRE(deals(bench));
  bench.connect_deal("peer");
  bench.break_deal("peer");
  CHECK(bench.fabric->tick_interval() == kShortTick);
  bench.settle();
  CHECK(bench.fabric->tick_interval() == kLongTick);
}

TEST_CASE("fabric settling: the streams that are steered meanwhile leave the split even") {
  for (int steered = 0; steered < 5; ++steered) {
    Bench bench;
    for (const char* name : {"a", "b"}) {
      bench.hello(name);
      bench.connect_deal(name);
    }
    std::map<std::string, int> served;
    for (int i = 0; i < 1'000; ++i) {
      if (i == steered) bench.settle();
      ++served[ask_and_answer(bench)];
    }
    CHECK(bench.counters.steered == static_cast<std::uint64_t>(steered));
    CHECK(std::abs(served["a"] - 500) <= 1);
    CHECK(served["a"] + served["b"] == 1'000);
  }
}
