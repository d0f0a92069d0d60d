// Workers on standby: they get streams only while no active worker of their pool is fit.
#include <doctest/doctest.h>

#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

// On a new connection, or again on the same one.
void join(Bench& bench, const std::string& name, Hello hello) {
  if (!bench.connections.contains(name)) bench.connections[name] = ++bench.last_connection;
  bench.say_hello(name, std::move(hello));
}

void join_standby(Bench& bench, const std::string& name, Hello hello = {}) {
  hello.is_standby = true;
  join(bench, name, std::move(hello));
}

Hello of_group(const std::string& group, std::uint32_t capacity = 1'024) {
  Hello hello;
  hello.group = group;
  hello.capacity = capacity;
  return hello;
}

StreamId ask(Bench& bench, Backend& group) {
  const ExchangeKey key = ++bench.last_exchange;
  bench.exchanges[key] = std::make_unique<RecordingExchange>();
  const Head head{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/g"}};
  const Affinity* affinity = bench.is_sticky ? &bench.affinity : nullptr;
  const BackendRequest request{head,         Last::yes, Kind::request, Attempt::first, bench.route,
                               bench.client, "",        nullptr,       affinity};
  const StreamId stream = group.open(request, {&bench, key}).key;
  bench.turn();
  return stream;
}

// Who gets the next stream of the group, and answers it; "" = it waits.
std::string holder_of(Bench& bench, Backend& group) {
  const std::size_t lines = bench.wire.log.size();
  const StreamId stream = ask(bench, group);
  if (bench.wire.log.size() == lines) return "";
  const std::string line = bench.last_line();
  const std::string who = line.substr(0, line.find(':'));
  bench.reply(who, stream);
  return who;
}

void leave(Bench& bench, const std::string& name) {
  MessageWriter goaway;
  goaway.goaway(0, ResetCode::no_error, "");
  bench.say(name, goaway);
}

PartState::Room room_of(const Bench& bench, const Backend& group) {
  const Head head{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/g"}};
  return group.state({head, Last::yes, Kind::request, Attempt::first, bench.route, bench.client}).room;
}

MemberFacts facts_of(const Bench& bench, const std::string& name) {
  for (const MemberFacts& member : bench.fabric->members())
    if (member.name == name) return member;
  return {};
}

}  // namespace

TEST_CASE("standby: a worker on standby gets nothing while an active worker of the group is fit") {
  Bench bench;
  Backend& group = bench.fabric->group("g");
  join_standby(bench, "spare", of_group("g"));
  CHECK(holder_of(bench, group) == "spare");
  join(bench, "a", of_group("g"));
  for (int i = 0; i < 4; ++i) CHECK(holder_of(bench, group) == "a");
}

TEST_CASE("standby: when the last active worker leaves, is lost or is held, the next stream goes to standby at once") {
  const auto next_after = [](auto end) {
    Bench bench;
    Backend& group = bench.fabric->group("g");
    join_standby(bench, "spare", of_group("g"));
    join(bench, "a", of_group("g"));
    CHECK(holder_of(bench, group) == "a");
    end(bench);
    return holder_of(bench, group);
  };
  CHECK(next_after([](Bench& bench) { leave(bench, "a"); }) == "spare");
  CHECK(next_after([](Bench& bench) { bench.break_steer("a"); }) == "spare");
  CHECK(next_after([](Bench& bench) { bench.fabric->hold("a", true); }) == "spare");
}

TEST_CASE("standby: a full active worker lets streams wait, and its loss gives them to standby") {
  Bench bench;
  Backend& group = bench.fabric->group("g");
  join_standby(bench, "spare", of_group("g"));
  join(bench, "a", of_group("g", 1));
  ask(bench, group);
  CHECK(bench.last_line() == "a: head GET /g end");
  CHECK(holder_of(bench, group).empty());
  bench.pass(100);
  CHECK(bench.lines_to("spare") == 1);  // its WELCOME
  bench.fabric->hold("a", true);
  bench.pass(20);
  CHECK(bench.last_line() == "spare: head GET /g end");
}

TEST_CASE("standby: when an active worker comes back new streams go there, and those that standby holds stay") {
  Bench bench;
  Backend& group = bench.fabric->group("g");
  join_standby(bench, "spare", of_group("g"));
  const StreamId held = ask(bench, group);
  join(bench, "a", of_group("g"));
  CHECK(holder_of(bench, group) == "a");
  RecordingExchange& first = *bench.exchanges.at(1);
  CHECK(first.said.empty());
  bench.reply("spare", held);
  CHECK(first.said == "accepted by spare · head 200 last · end");
}

TEST_CASE("standby: several workers on standby share the streams") {
  Bench bench;
  Backend& group = bench.fabric->group("g");
  join_standby(bench, "s1", of_group("g"));
  join_standby(bench, "s2", of_group("g"));
  std::string order;
  for (int i = 0; i < 4; ++i) order += holder_of(bench, group);
  CHECK(order == "s1s2s1s2");
}

TEST_CASE("standby: a client that is bound to a worker on standby stays with it, and one that is not leaves it") {
  Bench bench;
  Backend& group = bench.fabric->group("g");
  join_standby(bench, "spare", of_group("g"));
  join(bench, "a", of_group("g"));
  bench.is_sticky = true;
  bench.affinity.members = {"spare#0"};
  CHECK(holder_of(bench, group) == "spare");
  bench.affinity.members = {};
  bench.affinity.key = "192.0.2.7";
  CHECK(holder_of(bench, group) == "a");
}

TEST_CASE("standby: streams of the open pool are dealt to its active workers alone") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  join_standby(bench, "spare");
  bench.settle();
  for (int i = 0; i < 4; ++i) {
    bench.ask();
    CHECK(bench.last_line().starts_with("deal "));
  }
  CHECK(bench.counters.steered == 0);
  CHECK(bench.lines_to("spare") == 1);  // its WELCOME
}

TEST_CASE("standby: the open pool is served by a worker on standby when its active workers are gone") {
  Bench bench;
  bench.join("a");
  join_standby(bench, "spare");
  bench.break_deal("a");
  bench.break_steer("a");
  bench.ask();
  CHECK(bench.last_line() == "spare: head GET / end");
}

TEST_CASE("standby: a claim has a pool of its own: another worker's role does not count there") {
  Bench bench;
  Hello api;
  api.routes = {{"", "/api"}};
  join_standby(bench, "spare", api);
  bench.join("open");
  bench.ask("/api/x");
  CHECK(bench.last_line() == "spare: head GET /api/x end");
}

TEST_CASE("standby: a silent active worker gives its place to standby, and gets it back") {
  Bench bench;
  bench.wire.is_steered = true;
  bench.connections["a"] = 0;
  bench.join("a");
  join_standby(bench, "spare");
  bench.ask();
  CHECK(bench.last_line() == "a: head GET / end");
  bench.pass(1'300);  // a ping round is out, and "a" does not answer it
  CHECK(facts_of(bench, "a").state == "silent");
  bench.ask();
  CHECK(bench.last_line() == "spare: head GET / end");
  bench.pong("a");
  bench.ask();
  CHECK(bench.last_line() == "a: head GET / end");
}

TEST_CASE("standby: another HELLO changes the role") {
  Bench bench;
  bench.join("a");
  bench.join("b");
  join_standby(bench, "a");
  for (int i = 0; i < 3; ++i) {
    bench.ask();
    CHECK(bench.last_line() == "b: head GET / end");
  }
  join(bench, "a", {});
  bench.settle();
  std::set<std::string> who;
  for (int i = 0; i < 2; ++i) {
    bench.ask();
    who.insert(bench.last_line());
  }
  CHECK(who == std::set<std::string>{"deal a: head GET / end", "deal b: head GET / end"});
}

TEST_CASE("standby: a worker that goes on standby still has the streams that were dealt to it") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  CHECK(bench.last_line() == "deal a: head GET / end");
  join_standby(bench, "a");
  bench.reply("a", stream);
  CHECK(bench.exchange().said == "accepted by a · head 200 last · end");
}

TEST_CASE("standby: a group says whether its room is that of standby") {
  using Room = PartState::Room;
  Bench bench;
  Backend& group = bench.fabric->group("g");
  CHECK(room_of(bench, group) == Room::nobody);
  join_standby(bench, "spare", of_group("g", 1));
  CHECK(room_of(bench, group) == Room::standby);
  ask(bench, group);
  CHECK(room_of(bench, group) == Room::standby_full);
  join(bench, "a", of_group("g", 1));
  CHECK(room_of(bench, group) == Room::free);
  ask(bench, group);
  CHECK(room_of(bench, group) == Room::full);
  bench.fabric->hold("a", true);
  CHECK(room_of(bench, group) == Room::standby_full);
  bench.fabric->hold("spare", true);
  CHECK(room_of(bench, group) == Room::paused);
}

TEST_CASE("standby: operators see the role in front of the state") {
  Bench bench;
  join_standby(bench, "spare", of_group("g", 1));
  CHECK(facts_of(bench, "spare").state == "standby, ready");
  CHECK(facts_of(bench, "spare").is_standby);
  CHECK(facts_of(bench, "spare").is_fit);
  bench.fabric->hold("spare", true);
  CHECK(facts_of(bench, "spare").state == "standby, held");
  CHECK_FALSE(facts_of(bench, "spare").is_fit);
}
