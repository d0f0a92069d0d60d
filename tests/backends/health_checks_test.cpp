// Checks of servers by requests of our own, against scripted connections.
#include "router/backends/health_checks.h"

#include "tests/backends/servers_bench.h"

using namespace zeroway;
using namespace zeroway::test;
using namespace std::chrono_literals;

namespace {

PoolSpec checked_pool() {
  PoolSpec spec = pool_of({"a"});
  spec.servers[0].base_path = "/base";
  spec.health.is_active = true;
  spec.health.interval = 20ms;
  spec.health.timeout = 10s;
  spec.health.retries = 2;
  spec.health.rise = 1;
  return spec;
}

struct Checked : ServersBench {
  explicit Checked(PoolSpec spec = checked_pool()) : ServersBench(std::move(spec)), checks(loop, pool, dialer, 7) {}

  std::shared_ptr<ServerEnd> next_check() {
    REQUIRE(turn_until([&] { return !dialer.dials.empty(); }));
    return connect();
  }
  std::string health() { return pool->health(0).text(loop.now()); }
  void answer(const std::string& status) {
    const auto server = next_check();
    server->say("HTTP/1.1 " + status + " Whatever\r\nContent-Length: 0\r\n\r\n");
    turn();
    CHECK(server->is_destroyed);
  }

  HealthChecks checks;
};

}  // namespace

TEST_CASE("health checks: a check is a small request on a connection of its own") {
  Checked bench;
  const auto server = bench.next_check();
  CHECK(server->take() == "GET /base/health HTTP/1.1\r\nhost: a\r\nuser-agent: zeroway-health-check\r\n\r\n");
  CHECK(server->sends == 1);
}

TEST_CASE("health checks: `retries` wrong answers in a row take a server out, and `rise` right ones bring it back") {
  Checked bench;
  bench.answer("200");
  CHECK(bench.health() == "up");
  bench.answer("500");
  CHECK(bench.health() == "up");
  bench.answer("500");
  CHECK(bench.health() == "out by probes");
  bench.answer("399");
  CHECK(bench.health() == "up");
}

TEST_CASE("health checks: a refused dial and a connection that ends without an answer are wrong answers") {
  Checked bench;
  REQUIRE(bench.turn_until([&] { return !bench.dialer.dials.empty(); }));
  bench.refuse();
  bench.next_check()->close();
  bench.turn();
  CHECK(bench.health() == "out by probes");
  bench.answer("200");
  CHECK(bench.health() == "up");
  bench.next_check()->break_off();
  bench.turn();
  bench.next_check()->say("nonsense\r\n");
  bench.turn();
  CHECK(bench.health() == "out by probes");
}

TEST_CASE("health checks: no answer within the timeout is a wrong answer") {
  PoolSpec spec = checked_pool();
  spec.health.timeout = 20ms;
  spec.health.retries = 1;
  Checked bench(std::move(spec));
  const auto server = bench.next_check();
  CHECK(bench.turn_until([&] { return bench.health() == "out by probes"; }));
  CHECK(bench.turn_until([&] { return server->is_destroyed; }));
}

TEST_CASE("health checks: when this machine has no port left, nothing is said about the server") {
  PoolSpec spec = checked_pool();
  spec.health.retries = 1;
  Checked bench(std::move(spec));
  REQUIRE(bench.turn_until([&] { return !bench.dialer.dials.empty(); }));
  bench.refuse(Code::internal, Fault::router);
  CHECK(bench.health() == "up");
  bench.answer("200");
}

TEST_CASE("health checks: a pool without active checks is left alone") {
  PoolSpec spec = checked_pool();
  spec.health.is_active = false;
  Checked bench(std::move(spec));
  Timer wait(bench.loop, [&bench] { bench.loop.stop(); });
  wait.set(100ms);
  bench.loop.run();
  CHECK(bench.dialer.count == 0);
}

TEST_CASE("health checks: a probe of TCP is a connection alone") {
  PoolSpec spec = checked_pool();
  spec.health.probe = HealthSpec::Probe::tcp;
  spec.health.retries = 1;
  Checked bench(std::move(spec));
  const auto server = bench.next_check();
  bench.turn();
  CHECK(server->take().empty());
  CHECK(server->is_destroyed);
  CHECK(bench.health() == "up");
  REQUIRE(bench.turn_until([&] { return !bench.dialer.dials.empty(); }));
  bench.refuse();
  bench.turn();
  CHECK(bench.health() == "out by probes");
}

TEST_CASE("health checks: failures of a server that starts do not count") {
  PoolSpec spec = checked_pool();
  spec.health.retries = 1;
  spec.health.initial_delay = 1h;
  Checked bench(std::move(spec));
  for (int times = 0; times < 5; ++times) bench.answer("500");
  CHECK(bench.health() == "up");
}
