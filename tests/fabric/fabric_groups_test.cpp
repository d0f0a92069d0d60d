#include <doctest/doctest.h>

#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

void join(Bench& bench, const std::string& name, const std::string& group, std::uint32_t capacity = 1'024,
          std::vector<RouteClaim> routes = {}) {
  if (!bench.connections.contains(name)) bench.connections[name] = ++bench.last_connection;
  Hello hello;
  hello.group = group;
  hello.capacity = capacity;
  hello.routes = std::move(routes);
  bench.say_hello(name, std::move(hello));
}

StreamId ask(Bench& bench, Backend& group) {
  const ExchangeKey key = ++bench.last_exchange;
  bench.exchanges[key] = std::make_unique<RecordingExchange>();
  const Head head{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/g"}};
  const BackendRequest request{head, Last::yes, Kind::request, Attempt::first, bench.route, bench.client};
  const StreamId stream = group.open(request, {&bench, key}).key;
  bench.turn();
  return stream;
}

std::string reset_of(Code code) { return "reset " + std::to_string(static_cast<int>(code)); }

PartState state_of(const Bench& bench, const Backend& backend, std::string_view path = "/g") {
  const Head head{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", path}};
  return backend.state({head, Last::yes, Kind::request, Attempt::first, bench.route, bench.client});
}

}  // namespace

TEST_CASE("fabric: a group says whether it has room, and how many streams its workers hold") {
  Bench bench;
  Backend& group = bench.fabric->group("batch");
  CHECK(state_of(bench, group).room == PartState::Room::nobody);
  bench.join("open");
  CHECK(state_of(bench, group).room == PartState::Room::nobody);
  join(bench, "g", "batch", 1);
  CHECK(state_of(bench, group).room == PartState::Room::free);
  const StreamId stream = ask(bench, group);
  CHECK(state_of(bench, group).room == PartState::Room::full);
  CHECK(state_of(bench, group).open == 1);
  bench.reply("g", stream);
  CHECK(state_of(bench, group).room == PartState::Room::free);
}

TEST_CASE("fabric: the workers without a group have room only for paths that one of them serves") {
  Bench bench;
  bench.join("routed", 1, 1'024, {{"", "/g"}});
  CHECK(state_of(bench, *bench.fabric, "/g/x").room == PartState::Room::free);
  CHECK(state_of(bench, *bench.fabric, "/other").room == PartState::Room::nobody);
  bench.join("open");
  CHECK(state_of(bench, *bench.fabric, "/other").room == PartState::Room::free);
}

TEST_CASE("fabric: a group's streams go to its workers in turn, and to no others") {
  Bench bench;
  Backend& group = bench.fabric->group("batch");
  bench.join("open");
  bench.join("routed", 1, 1'024, {{"", "/g"}});
  join(bench, "g1", "batch");
  join(bench, "g2", "batch");
  join(bench, "x", "other");
  for (const std::string worker : {"g1", "g2", "g1"}) {
    const StreamId stream = ask(bench, group);
    CHECK(bench.last_line() == worker + ": head GET /g end");
    bench.reply(worker, stream);
    CHECK(bench.exchange().said == "accepted by " + worker + " · head 200 last · end");
  }
}

TEST_CASE("fabric: a group's workers get no stream of the open pool, which is dealt as before") {
  Bench bench;
  static_cast<void>(bench.fabric->group("batch"));
  join(bench, "g", "batch");
  bench.join("open");
  for (int i = 0; i < 3; ++i) {
    bench.ask();
    CHECK(bench.last_line() == "deal open: head GET / end");
  }
}

TEST_CASE("fabric: what a group's worker claims does not count, and without other workers requests wait") {
  Bench bench;
  static_cast<void>(bench.fabric->group("batch"));
  join(bench, "g", "batch", 1'024, {{"", "/api"}});
  bench.ask("/api");
  bench.pass(4'900);
  CHECK(bench.exchange().said.empty());
  bench.pass(200);
  CHECK(bench.exchange().said == reset_of(Code::no_backend));
}

TEST_CASE("fabric: workers that were there before their group was named are in it, but those that leave are not") {
  Bench bench;
  join(bench, "leaving", "batch");
  join(bench, "g", "batch");
  MessageWriter goaway;
  goaway.goaway(0, ResetCode::no_error, "");
  bench.say("leaving", goaway);
  CHECK(bench.last_line() == "leaving: goaway 0");  // nothing was dealt to it
  Backend& group = bench.fabric->group("batch");
  for (int i = 0; i < 2; ++i) {
    ask(bench, group);
    CHECK(bench.last_line() == "g: head GET /g end");
  }
}

TEST_CASE("fabric: a group's stream waits for a worker of the group, whatever others claim meanwhile") {
  Bench bench;
  Backend& group = bench.fabric->group("batch");
  const StreamId stream = ask(bench, group);
  bench.join("routed", 1, 1'024, {{"", "/g"}});
  bench.join("open");
  bench.pass(1'000);
  CHECK(bench.exchange().said.empty());
  join(bench, "g", "batch");
  bench.reply("g", stream);
  CHECK(bench.exchange().said == "accepted by g · head 200 last · end");
}

TEST_CASE("fabric: a group's stream that waited too long is told whether the group has a worker") {
  Bench bench;
  Backend& group = bench.fabric->group("batch");
  ask(bench, group);
  bench.pass(5'100);
  CHECK(bench.exchange().said == reset_of(Code::no_backend));
  join(bench, "g", "batch", 1);
  ask(bench, group);
  ask(bench, group);
  bench.pass(5'100);
  CHECK(bench.exchange().said == reset_of(Code::backends_busy));
}

TEST_CASE("fabric: a worker changes its group by another HELLO") {
  Bench bench;
  Backend& group = bench.fabric->group("batch");
  Backend& other = bench.fabric->group("other");
  join(bench, "g", "batch");
  join(bench, "g", "other");
  ask(bench, other);
  CHECK(bench.last_line() == "g: head GET /g end");
  ask(bench, group);
  CHECK(bench.exchange().said.empty());
  join(bench, "g", "batch");
  CHECK(bench.last_line() == "g: welcome · head GET /g end");
}

TEST_CASE("fabric: a group describes its own workers") {
  Bench bench;
  Backend& group = bench.fabric->group("batch");
  bench.join("open");
  join(bench, "g", "batch");
  REQUIRE(group.members().size() == 1);
  CHECK(group.members()[0].text.find("worker g (") == 0);
  CHECK(group.members()[0].text.find(", serves group batch, ") != std::string::npos);
  CHECK(bench.fabric->members().size() == 2);
}
