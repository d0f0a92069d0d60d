// Workers that announce services of sessions.
#include <doctest/doctest.h>

#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;
using Presence = CircuitSource::Presence;

namespace {

void join_app(Bench& bench, const std::string& name, const std::string& session, const std::string& service,
              std::string_view protocol = kProtocolHttp) {
  bench.connections[name] = ++bench.last_connection;
  Hello hello;
  hello.app = {session, service, std::string(protocol)};
  bench.say_hello(name, std::move(hello));
}

StreamId ask(Bench& bench, Backend& circuit) {
  const ExchangeKey key = ++bench.last_exchange;
  bench.exchanges[key] = std::make_unique<RecordingExchange>();
  const Head head{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/x"}};
  const BackendRequest request{head, Last::yes, Kind::request, Attempt::first, bench.route, bench.client};
  const StreamId stream = circuit.open(request, {&bench, key}).key;
  bench.turn();
  return stream;
}

void leave(Bench& bench, const std::string& name) {
  MessageWriter goaway;
  goaway.goaway(0, ResetCode::no_error, "");
  bench.say(name, goaway);
}

}  // namespace

TEST_CASE("fabric: a circuit's streams go to the workers that announce it, in turn, and to no others") {
  Bench bench;
  bench.join("open");
  join_app(bench, "a", "s1", "api");
  join_app(bench, "b", "s1", "api");
  join_app(bench, "x", "s2", "api");
  CHECK(bench.fabric->presence("/s1/api") == Presence::announced);
  const auto circuit = bench.fabric->backend_of("/s1/api");
  for (const std::string worker : {"a", "b", "a"}) {
    const StreamId stream = ask(bench, *circuit);
    CHECK(bench.last_line() == worker + ": head GET /x end");
    bench.reply(worker, stream);
  }
  for (int i = 0; i < 3; ++i) {
    bench.ask();
    CHECK(bench.last_line() == "deal open: head GET / end");
  }
}

TEST_CASE("fabric: a service that its last worker leaves is unknown at once") {
  Bench bench;
  bench.join("open");
  join_app(bench, "a", "s1", "api");
  join_app(bench, "b", "s1", "api");
  const std::uint64_t version = bench.fabric->circuits_version();
  leave(bench, "a");
  CHECK(bench.fabric->presence("/s1/api") == Presence::announced);
  CHECK(bench.fabric->circuits_version() == version);
  leave(bench, "b");
  CHECK(bench.fabric->presence("/s1/api") == Presence::unknown);
  CHECK(bench.fabric->circuits_version() != version);
}

TEST_CASE("fabric: a service whose last worker is lost is remembered for the queue timeout") {
  Bench bench;
  bench.join("open");
  join_app(bench, "a", "s1", "api");
  bench.break_steer("a");
  CHECK(bench.fabric->presence("/s1/api") == Presence::announced);
  const auto circuit = bench.fabric->backend_of("/s1/api");
  const StreamId waiting = ask(bench, *circuit);
  join_app(bench, "b", "s1", "api");
  bench.pass(40);
  CHECK(bench.last_line() == "b: welcome · head GET /x end");
  bench.reply("b", waiting);
  bench.break_steer("b");
  bench.pass(5'100);
  CHECK(bench.fabric->presence("/s1/api") == Presence::unknown);
}

TEST_CASE("fabric: an unknown service may come yet while nobody is here, and while workers return") {
  Bench bench;
  CHECK(bench.fabric->presence("/s1/api") == Presence::expected);
  bench.fabric->bound(bench.now);
  bench.join("open");
  CHECK(bench.fabric->presence("/s1/api") == Presence::expected);
  bench.pass(1'000);
  CHECK(bench.fabric->presence("/s1/api") == Presence::unknown);
}

TEST_CASE("fabric: who waits for a service that might have come is refused when it has not") {
  Bench bench;
  bench.fabric->bound(bench.now);
  const auto circuit = bench.fabric->backend_of("/s1/api");
  ask(bench, *circuit);
  RecordingExchange& waits = bench.exchange();
  bench.pass(300);
  CHECK(waits.said.empty());  // nobody is here
  join_app(bench, "x", "s2", "api");
  bench.pass(1'000);
  CHECK(waits.last_error.code == Code::no_route);
}

TEST_CASE("fabric: a circuit lives as long as somebody has it, and is made anew then") {
  Bench bench;
  join_app(bench, "a", "s1", "api");
  auto circuit = bench.fabric->backend_of("/s1/api");
  CHECK(bench.fabric->backend_of("/s1/api") == circuit);
  circuit.reset();
  for (int i = 0; i < 3; ++i) {
    circuit = bench.fabric->backend_of("/s1/api");
    const StreamId stream = ask(bench, *circuit);
    CHECK(bench.last_line() == "a: head GET /x end");
    bench.reply("a", stream);
    circuit.reset();
  }
}

TEST_CASE("fabric: a worker that says hello again may announce another service") {
  Bench bench;
  bench.join("open");
  join_app(bench, "a", "s1", "api");
  Hello hello;
  hello.app = {"s1", "web"};
  bench.say_hello("a", std::move(hello));
  CHECK(bench.fabric->presence("/s1/web") == Presence::announced);
  const auto circuit = bench.fabric->backend_of("/s1/web");
  ask(bench, *circuit);
  CHECK(bench.last_line() == "a: head GET /x end");
  bench.hello_again("a", 1, 1'024, {{"", "/r"}});
  CHECK(bench.fabric->presence("/s1/web") == Presence::unknown);
}

TEST_CASE("fabric: an app speaks TCP when its workers say so, and all of them say the same") {
  Bench bench;
  bench.join("open");
  join_app(bench, "a", "s1", "ssh", kProtocolTcp);
  join_app(bench, "b", "s1", "api");
  CHECK(bench.fabric->is_tcp("/s1/ssh"));
  CHECK_FALSE(bench.fabric->is_tcp("/s1/api"));
  CHECK_FALSE(bench.fabric->is_tcp("/s1/nothing"));
  join_app(bench, "c", "s1", "ssh");
  CHECK(bench.last_line().starts_with("c: goaway"));
  CHECK(bench.fabric->is_tcp("/s1/ssh"));
  leave(bench, "a");
  join_app(bench, "d", "s1", "ssh");
  CHECK(bench.fabric->presence("/s1/ssh") == Presence::announced);
  CHECK_FALSE(bench.fabric->is_tcp("/s1/ssh"));
}

TEST_CASE("fabric: who watches is told of services that come, go and are forgotten") {
  struct Watcher final : CircuitWatcher {
    void circuit_changed(const std::string& path) override { told += path + " "; }
    std::string told;
  } watcher;
  Bench bench;
  bench.join("open");
  bench.fabric->watch(watcher);
  join_app(bench, "a", "s1", "api");
  join_app(bench, "b", "s1", "api");
  CHECK(watcher.told == "/s1/api ");
  leave(bench, "a");
  CHECK(watcher.told == "/s1/api ");
  bench.break_steer("b");
  CHECK(watcher.told == "/s1/api /s1/api ");
  bench.pass(static_cast<int>(bench.settings.queue_timeout.count()) + 1'000);
  CHECK(watcher.told == "/s1/api /s1/api /s1/api ");
}
