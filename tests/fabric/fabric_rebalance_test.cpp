// Long streams that old workers hand over after another one has joined.
#include <doctest/doctest.h>

#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

FabricSettings with_rate(std::uint32_t rate) {
  FabricSettings settings;
  settings.rebalance = rate;
  return settings;
}

const Head kSocket{
    {":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/ws"}};
const Head kCall{{":method", "POST"},
                 {":scheme", "http"},
                 {":authority", "a"},
                 {":path", "/s/m"},
                 {"content-type", "application/grpc"}};

struct Many : Bench {
  explicit Many(std::uint32_t rate) : Bench(with_rate(rate)) { wire.is_steered = true; }

  // Opens a stream, which its worker accepts. Returns the worker's name.
  std::string open_one(const Head& head = kSocket, Kind kind = Kind::web_socket) {
    const StreamId stream = open(head, Last::no, kind);
    turn();
    const std::string line = last_line();
    const std::string who = line.substr(line.starts_with("deal ") ? 5 : 0, line.find(':'));
    MessageWriter writer;
    writer.headers(stream, Head{{":status", "200"}}, encoder, Last::no);
    say(who, writer);
    holders[last_exchange] = {who, stream};
    return who;
  }
  void open_many(int count) {
    for (int i = 0; i < count; ++i) open_one();
  }
  [[nodiscard]] bool is_asked(ExchangeKey key) const { return exchanges.at(key)->said.ends_with("hand over"); }
  [[nodiscard]] std::size_t asked_of(const std::string& name) const {
    std::size_t count = 0;
    for (const auto& [key, holder] : holders) count += holder.first == name && is_asked(key);
    return count;
  }
  // The clients that were asked close their WebSockets and come again.
  void come_again() {
    for (const auto& [key, holder] : std::map(holders)) {
      if (!is_asked(key)) continue;
      MessageWriter end;
      end.headers(holder.second, Head{}, encoder, Last::yes);
      fabric->end(holder.second, Head{});
      say(holder.first, end);
      holders.erase(key);
      open_one();
    }
  }
  [[nodiscard]] std::map<std::string, int> split() const {
    std::map<std::string, int> counts;
    for (const auto& [key, holder] : holders) ++counts[holder.first];
    return counts;
  }

  std::map<ExchangeKey, std::pair<std::string, StreamId>> holders;
};

}  // namespace

TEST_CASE("rebalance: half of the WebSockets move to a worker that joins, and their clients find it") {
  Many bench(1'000);
  bench.join("a");
  bench.open_many(40);
  bench.join("b");
  for (int i = 0; i < 100; ++i) {
    bench.pass(20);
    bench.come_again();
  }
  CHECK(bench.counters.handed_over == 20);
  CHECK(bench.split() == std::map<std::string, int>{{"a", 20}, {"b", 20}});
}

TEST_CASE("rebalance: off, nothing moves") {
  Many bench(0);
  bench.join("a");
  bench.open_many(40);
  bench.join("b");
  bench.pass(2'000);
  CHECK(bench.counters.handed_over == 0);
}

TEST_CASE("rebalance: no more than so many in a second") {
  Many bench(10);
  bench.join("a");
  bench.open_many(100);
  bench.join("b");
  bench.pass(1'000);
  CHECK(bench.counters.handed_over >= 5);
  CHECK(bench.counters.handed_over <= 11);
}

TEST_CASE("rebalance: the WebSockets on which no message has passed for the longest time come first") {
  Many bench(1'000);
  bench.join("a");
  bench.open_many(4);
  bench.now += std::chrono::seconds(1);
  bench.tick();
  for (const ExchangeKey busy : {1, 4})
    bench.fabric->piece(bench.holders.at(busy).second, as_bytes("x"), MessageKind::text, Last::yes);
  bench.join("b");
  bench.pass(1'000);
  CHECK(bench.counters.handed_over == 2);
  CHECK(bench.is_asked(2));
  CHECK(bench.is_asked(3));
}

TEST_CASE("rebalance: clients that are bound to a worker, and WebSockets that are being closed, stay") {
  Many bench(1'000);
  bench.join("a");
  bench.is_sticky = true;
  bench.open_many(10);
  bench.is_sticky = false;
  bench.open_many(2);
  for (const auto& [key, holder] : bench.holders)
    if (key > 10) bench.fabric->end(holder.second, Head{});
  bench.join("b");
  bench.pass(1'000);
  CHECK(bench.counters.handed_over == 0);
}

TEST_CASE("rebalance: requests, event streams and connections of TCP services stay") {
  Many bench(1'000);
  bench.join("a");
  for (int i = 0; i < 4; ++i) {
    bench.open_one(Head{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/events"}},
                   Kind::request);
    bench.open_one(
        Head{{":method", "CONNECT"}, {":protocol", "tcp"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/t"}},
        Kind::tunnel);
  }
  bench.pass(20'000);
  bench.join("b");
  bench.pass(1'000);
  CHECK(bench.counters.handed_over == 0);
}

TEST_CASE("rebalance: gRPC calls are long once they have been open for ten seconds") {
  Many bench(1'000);
  bench.join("a");
  for (int i = 0; i < 4; ++i) bench.open_one(kCall, Kind::request);
  SUBCASE("short") {
    bench.join("b");
    bench.pass(1'000);
    CHECK(bench.counters.handed_over == 0);
  }
  SUBCASE("long") {
    bench.pass(10'000);
    bench.join("b");
    bench.pass(1'000);
    CHECK(bench.counters.handed_over == 2);
  }
}

TEST_CASE("rebalance: workers on standby give nothing and get nothing") {
  Many bench(1'000);
  bench.connections["spare"] = ++bench.last_connection;
  Hello spare;
  spare.is_standby = true;
  bench.say_hello("spare", spare);
  bench.open_many(4);
  CHECK(bench.split() == std::map<std::string, int>{{"spare", 4}});
  bench.join("a");
  bench.open_many(4);
  bench.connections["more"] = ++bench.last_connection;
  bench.say_hello("more", spare);
  bench.pass(1'000);
  CHECK(bench.counters.handed_over == 0);
}

TEST_CASE("rebalance: pools are apart: a worker of another claim changes nothing") {
  Many bench(1'000);
  bench.join("a");
  bench.open_many(4);
  bench.join("b", 1, 1'024, {{"", "/other"}});
  bench.pass(1'000);
  CHECK(bench.counters.handed_over == 0);
}
