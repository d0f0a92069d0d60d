// Streams of clients that are bound to a worker.
#include <doctest/doctest.h>

#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

// Workers of one name are told apart by their pids.
void join_as(Bench& bench, const std::string& name, std::uint64_t pid, std::uint32_t capacity = 1'024,
             std::vector<RouteClaim> routes = {{"", "/"}, {"", "/own"}}) {
  bench.connections[name] = ++bench.last_connection;
  Hello hello;
  hello.pid = pid;
  hello.capacity = capacity;
  hello.routes = std::move(routes);
  bench.say_hello(name, std::move(hello));
}

std::string holder_of(Bench& bench, const std::string& path = "/") {
  const StreamId stream = bench.ask(path);
  const std::string line = bench.last_line();
  const std::string who = line.substr(0, line.find(':'));
  bench.reply(who, stream);
  return who;
}

}  // namespace

TEST_CASE("fabric: a bound client's streams are steered to its worker, whatever the balance says") {
  Bench bench;
  for (const auto name : {"a", "b", "c"}) bench.join(name);
  bench.affinity.members = {"b#0"};
  for (int i = 0; i < 6; ++i) CHECK(holder_of(bench) == "b");
}

TEST_CASE("fabric: the first stream of a client is steered, too, in turn") {
  Bench bench;
  for (const auto name : {"a", "b"}) bench.join(name);
  bench.is_sticky = true;
  std::set<std::string> who;
  for (int i = 0; i < 4; ++i) who.insert(holder_of(bench));
  CHECK(who == std::set<std::string>{"a", "b"});
  CHECK(bench.counters.dealt == 0);
}

TEST_CASE("fabric: a worker that is not here any more is replaced by another one") {
  Bench bench;
  for (const auto name : {"a", "b"}) bench.join(name);
  bench.affinity.members = {"gone#7", "b#0"};
  CHECK(holder_of(bench) == "b");
  bench.affinity.members = {"gone#7"};
  CHECK((holder_of(bench) == "a" || bench.wire.log.back().starts_with("b")));
}

TEST_CASE("fabric: of two workers of one name the client's own one is meant, and the other one stands in for it") {
  Bench bench;
  join_as(bench, "w", 1);
  join_as(bench, "x", 2);
  bench.affinity.members = {"w#1"};
  CHECK(holder_of(bench) == "w");
  bench.affinity.members = {"w#99"};  // was started again
  for (int i = 0; i < 3; ++i) CHECK(holder_of(bench) == "w");
}

TEST_CASE("fabric: a bound stream waits for its full worker, and holds up nobody else") {
  Bench bench;
  join_as(bench, "a", 1, 1);
  join_as(bench, "b", 1);
  bench.affinity.members = {"a#1"};
  const StreamId first = bench.ask();
  CHECK(bench.last_line().starts_with("a: head"));
  const std::size_t lines = bench.wire.log.size();
  const StreamId second = bench.ask();
  CHECK(bench.wire.log.size() == lines);  // it waits
  bench.affinity.members.clear();
  CHECK(holder_of(bench) == "b");
  bench.reply("a", first);
  bench.turn();
  CHECK(bench.last_line().starts_with("a: head"));
  bench.reply("a", second);
}

TEST_CASE("fabric: the room of a worker is for those that wait for it before it is for those that come") {
  Bench bench;
  join_as(bench, "a", 1, 1);
  bench.affinity.members = {"a#1"};
  const StreamId first = bench.ask("/1");
  bench.ask("/2");
  bench.affinity.members.clear();
  bench.get("/3");  // in the turn in which the room comes
  bench.reply("a", first);
  CHECK(bench.last_line() == "a: head GET /2 end");
}

TEST_CASE("fabric: when its worker goes, a stream that waits for it goes to another one") {
  Bench bench;
  join_as(bench, "a", 1, 1);
  join_as(bench, "b", 1);
  bench.affinity.members = {"a#1"};
  bench.ask();
  bench.ask("/own");
  MessageWriter goaway;
  goaway.goaway(0, ResetCode::no_error, "");
  bench.say("a", goaway);
  bench.pass(40);
  CHECK(bench.lines_to("b") == 2);  // WELCOME and the stream
  CHECK(bench.last_line() == "b: head GET /own end");
}

TEST_CASE("fabric: a bound stream that waits too long is told that its worker is busy") {
  Bench bench;
  join_as(bench, "a", 1, 1);
  bench.affinity.members = {"a#1"};
  bench.ask();
  bench.ask();
  bench.pass(5'100);
  CHECK(bench.exchange().last_error.code == Code::backends_busy);
}

TEST_CASE("fabric: a worker that an operator holds gets no stream of its clients") {
  Bench bench;
  join_as(bench, "a", 1);
  join_as(bench, "b", 1);
  bench.affinity.members = {"a#1"};
  CHECK(holder_of(bench) == "a");
  bench.fabric->hold("a", true);
  CHECK(holder_of(bench) == "b");
  bench.fabric->hold("a", false);
  CHECK(holder_of(bench) == "a");
}

TEST_CASE("fabric: a worker that does not claim the path is not asked for it") {
  Bench bench;
  join_as(bench, "a", 1, 1'024, {{"", "/own"}});
  join_as(bench, "b", 1, 1'024, {{"", "/other"}});
  bench.affinity.members = {"a#1"};
  CHECK(holder_of(bench, "/other") == "b");
  CHECK(holder_of(bench, "/own") == "a");
}

TEST_CASE("fabric: a stream that its worker refused goes elsewhere") {
  Bench bench;
  join_as(bench, "a", 1);
  join_as(bench, "b", 1);
  bench.affinity.members = {"a#1"};
  const StreamId stream = bench.ask();
  MessageWriter refusal;
  refusal.rst_stream(stream, ResetCode::refused_stream);
  bench.say("a", refusal);
  bench.get("/", Last::yes, Attempt::again);
  bench.turn();
  CHECK(bench.last_line().starts_with("b: head"));
}

TEST_CASE("fabric: streams of one key go to one worker, and a worker that goes leaves its own keys only") {
  Bench bench;
  for (std::uint64_t i = 0; i < 5; ++i) join_as(bench, std::string(1, static_cast<char>('a' + i)), i);
  std::map<std::string, std::string> first;
  for (int key = 0; key < 60; ++key) {
    bench.affinity.key = "k" + std::to_string(key);
    first[bench.affinity.key] = holder_of(bench);
    CHECK(holder_of(bench) == first[bench.affinity.key]);
  }
  bench.break_steer("c");
  bench.pass(2'000);
  int moved = 0;
  for (const auto& [key, who] : first) {
    bench.affinity.key = key;
    const std::string now = holder_of(bench);
    CHECK((who == "c" || now == who));
    moved += now != who;
  }
  CHECK(moved > 0);
}

TEST_CASE("fabric: after the router's start a bound stream waits until its worker has come") {
  Bench bench;
  bench.fabric->bound(bench.now);
  join_as(bench, "b", 1);
  bench.affinity.members = {"a#1"};
  bench.ask("/own");
  CHECK(bench.lines_to("b") == 1);  // WELCOME
  join_as(bench, "a", 1);
  bench.pass(40);
  CHECK(bench.last_line() == "a: welcome · head GET /own end");
}

TEST_CASE("fabric: and no longer than workers that return have time") {
  Bench bench;
  bench.fabric->bound(bench.now);
  join_as(bench, "b", 1);
  bench.affinity.members = {"a#1"};
  bench.ask("/own");
  bench.pass(1'000);
  CHECK(bench.last_line().starts_with("b: head"));
}
