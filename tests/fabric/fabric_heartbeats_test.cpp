// Who is heard of, who is lost, and what time counts for.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "router/fabric/limits.h"
#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

const std::string kLost = std::to_string(static_cast<int>(Code::backend_lost));

// As `pass`, but the loop does not run meanwhile.
void stand_still(Bench& bench, std::chrono::milliseconds time) {
  bench.now += time;
  bench.tick();
}

}  // namespace

TEST_CASE("fabric heartbeats: a worker that is not heard of is pinged through steer, and lives while it answers") {
  Bench bench;
  bench.join("a");
  bench.wire.heartbeats.clear();
  bench.hung.insert("a");
  bench.pass(200);
  bench.fabric->tick(bench.now += std::chrono::milliseconds(50));
  bench.turn();
  CHECK(bench.wire.heartbeats == std::vector<std::string>{"a"});
  bench.hung.clear();
  bench.pass(5'000);
  CHECK(bench.counters.workers == 1);
  CHECK(bench.wire.cuts.empty());
}

TEST_CASE("fabric heartbeats: a worker that answers nothing is lost after the timeout, and its connection is cut") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  bench.claim("a", stream);
  bench.hung.insert("a");
  bench.pass(980);
  CHECK(bench.counters.workers == 1);
  bench.pass(40);
  CHECK(bench.counters.workers == 0);
  CHECK(bench.exchange().said == "accepted by a · credit 196608 · reset " + kLost);
  CHECK(bench.exchange().last_error.detail.find("it was not heard of for 10") != std::string::npos);
  CHECK(bench.wire.cuts == std::vector<ConnectionId>{bench.connections["a"]});
}

TEST_CASE("fabric heartbeats: whatever a worker says, it was heard of") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask("/", Last::no);
  bench.hung.insert("a");
  for (int i = 0; i < 10; ++i) {
    bench.pass(500);
    bench.claim("a", stream);
  }
  CHECK(bench.counters.workers == 1);
}

TEST_CASE("fabric heartbeats: the times are the router's settings") {
  FabricSettings settings;
  settings.heartbeat_interval = std::chrono::seconds(2);
  settings.heartbeat_timeout = std::chrono::seconds(6);
  Bench bench(settings);
  bench.join("a");
  bench.wire.heartbeats.clear();
  bench.hung.insert("a");
  bench.pass(5'900);
  CHECK(bench.counters.workers == 1);
  bench.pass(200);
  CHECK(bench.counters.workers == 0);
}

TEST_CASE("fabric heartbeats: nobody is judged before all that came is read") {
  Bench bench;
  bench.join("a");
  bench.hung.insert("a");
  bench.pass(900);
  bench.fabric->tick(bench.now += std::chrono::milliseconds(100));
  bench.turn();
  bench.beat("a");  // it waited to be read
  bench.fabric->judge(bench.now);
  bench.turn();
  CHECK(bench.counters.workers == 1);
}

TEST_CASE("fabric heartbeats: nobody is judged by a time in which the loop did not run") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  const StreamId stream = bench.ask();
  bench.claim("a", stream);
  bench.pass(20);
  bench.hung = {"a", "b"};
  stand_still(bench, std::chrono::seconds(5));
  CHECK(bench.counters.workers == 2);
  CHECK(bench.counters.pings_late == 0);
  CHECK(bench.exchange().said == "accepted by a · credit 196608");
  CHECK(bench.wire.lost_to_peers >= std::chrono::seconds(5));  // the wire judges by time too
  bench.hung.clear();
  bench.pass(2'000);
  CHECK(bench.counters.workers == 2);
  CHECK(bench.wire.cuts.empty());
}

TEST_CASE("fabric heartbeats: nor by a short one, when heartbeats are short") {
  FabricSettings settings;
  settings.heartbeat_interval = std::chrono::milliseconds(100);
  settings.heartbeat_timeout = std::chrono::milliseconds(300);
  Bench bench(settings);
  bench.join("a");
  bench.hung.insert("a");
  stand_still(bench, std::chrono::milliseconds(400));
  CHECK(bench.counters.workers == 1);
}

TEST_CASE("fabric heartbeats: after such a time all have as long as ever") {
  Bench bench;
  bench.join("a");
  bench.hung.insert("a");
  bench.pass(900);
  stand_still(bench, std::chrono::seconds(5));
  bench.pass(900);
  CHECK(bench.counters.workers == 1);
  bench.pass(200);
  CHECK(bench.counters.workers == 0);
}

TEST_CASE("fabric heartbeats: what waits for a worker does not expire by such a time") {
  Bench bench;
  (void)bench.ask();
  bench.pass(1'000);
  stand_still(bench, std::chrono::seconds(60));
  CHECK(bench.exchange().said.empty());
  bench.pass(3'900);
  CHECK(bench.exchange().said.empty());
  bench.pass(200);
  CHECK(bench.exchange().said == "reset " + std::to_string(static_cast<int>(Code::no_backend)));
}

TEST_CASE("fabric: a peer whose routing id is empty or begins with zero is cut at its first word") {
  Bench bench;
  for (const std::string& id : {std::string(), std::string("\0\1\2\3\4", 5), std::string(1, '\0')}) {
    bench.wire.cuts.clear();
    MessageWriter ping;
    ping.ping(1, Ack::no);
    bench.say_as(id, ping.bytes(), 77);
    CHECK(bench.wire.cuts == std::vector<ConnectionId>{77});
  }
  CHECK(bench.wire.log.empty());  // it gets no answer
}

TEST_CASE("fabric: words of a connection that has ended cut no worker that has its number now") {
  Bench bench;
  bench.join("a");
  bench.say_as(std::string(5, '\0'), "late", bench.connections["a"]);
  CHECK(bench.wire.cuts.empty());
  CHECK(bench.counters.workers == 1);
}

TEST_CASE("fabric: a connection to steer that says no hello is cut, others are not") {
  Bench bench;
  bench.fabric->steer_came(70, "192.0.2.7:1234");
  bench.fabric->steer_came(71, "192.0.2.7:1235");
  bench.fabric->steer_came(72, "192.0.2.7:1236");
  bench.fabric->steer_broke(72);
  Hello hello;
  bench.connections["a"] = 71;
  bench.say_hello("a", hello);
  bench.fabric->steer_came(71, "192.0.2.7:1235");  // told after its hello
  bench.pass(4'900);
  CHECK(bench.wire.cuts.empty());
  bench.pass(200);
  CHECK(bench.wire.cuts == std::vector<ConnectionId>{70});
}

TEST_CASE("fabric: a stranger that talks without end is cut, sooner than a worker") {
  Bench bench;
  MessageWriter one;
  one.ping(1, Ack::no);
  for (std::size_t i = 0; i < kStrangeTalkPerSecond / kIdleFrameCost / 2; ++i) bench.say_as("nobody", one.bytes(), 66);
  CHECK(bench.wire.cuts.empty());
  for (std::size_t i = 0; i < kStrangeTalkPerSecond / kIdleFrameCost / 2; ++i) bench.say_as("nobody", one.bytes(), 66);
  CHECK(bench.wire.cuts == std::vector<ConnectionId>{66});
}

TEST_CASE("fabric: a message of more than two parts costs its sender the connection") {
  Bench bench;
  bench.join("a");
  bench.fabric->too_many_parts(instance_of("a"));
  CHECK(bench.counters.workers == 0);
  bench.wire.sent_by = 67;
  bench.fabric->too_many_parts("stranger");
  CHECK(bench.wire.cuts == std::vector<ConnectionId>{bench.connections["a"], 67});
}

TEST_CASE("fabric: it describes each worker in a line") {
  Bench bench;
  bench.join("a", 3, 10);
  bench.join("b", 1, 1'024, {{"example.com", "/api"}, {"", "/img"}});
  const StreamId stream = bench.ask("/img/1");
  bench.claim("b", stream);
  bench.pass(70'000);
  bench.pong("a");
  const std::vector<MemberFacts> workers = bench.fabric->members();
  REQUIRE(workers.size() == 2);
  CHECK(workers[0].text ==
        "worker a (a#0123456789abcdef) from 192.0.2.1: ready, 0 of 10 streams, weight 3, serves everything, here for 1 "
        "min "
        "10 s");
  CHECK(workers[1].serves == std::vector<std::string>{"example.com/api/*", "/img/*"});
  CHECK(workers[1].open == 1);
  CHECK(workers[1].taken == 1);
  CHECK(workers[1].text.find(
            "ready, 1 of 1024 streams, weight 1, serves example.com/api/*, /img/*, here for 1 min 10 s") !=
        std::string::npos);
}

TEST_CASE("fabric: a worker that is silent is described as that, and that it is back is told") {
  Bench bench;
  bench.join("a");
  bench.pass(1'200);  // a ping of the round is not back
  CHECK(bench.fabric->members()[0].text.find(": silent, ") != std::string::npos);
  bench.pong("a");
  CHECK(bench.fabric->members()[0].text.find(": ready, ") != std::string::npos);
}
