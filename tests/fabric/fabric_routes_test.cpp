#include <doctest/doctest.h>

#include "router/fabric/fabric.h"
#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

const std::vector<RouteClaim> kApi{{"", "/api"}};

void come(Bench& bench, const std::string& name) { bench.hello(name, 1, 1'024, kApi); }

}  // namespace

TEST_CASE("fabric: what waits for anybody goes to the worker that comes and claims its route") {
  Bench bench;
  bench.ask("/api/users", Last::no);
  bench.ask("/other");
  come(bench, "api");
  CHECK(bench.last_line() == "api: welcome · head GET /api/users");
  bench.pass(5'100);
  CHECK(bench.exchange().last_error.code == Code::no_worker);
  CHECK(bench.exchanges.at(1)->said.empty());
}

TEST_CASE("fabric: what waits for a route is not given to the open pool when a worker for the route comes first") {
  Bench bench;
  bench.ask("/api/users");
  come(bench, "api");
  bench.break_steer("api");
  bench.join("a");
  bench.ask("/api/more");
  CHECK(bench.lines_to("a") == 1);
  CHECK(bench.last_line() == "a: welcome");
}

TEST_CASE("fabric: what waits for a route is served by who comes for it after the route was forgotten") {
  Bench bench;
  come(bench, "api");
  bench.break_steer("api");
  bench.pass(4'000);
  bench.ask("/api/users");
  bench.pass(2'000);
  come(bench, "late");
  CHECK(bench.last_line() == "late: welcome · head GET /api/users end");
}

TEST_CASE("fabric: what waits for a route goes to the open pool when the route is forgotten") {
  Bench bench;
  come(bench, "api");
  bench.join("a");
  bench.break_steer("api");
  bench.pass(4'000);
  bench.ask("/api/users");
  bench.settle();
  CHECK(bench.lines_to("deal a") == 0);
  bench.pass(1'500);
  CHECK(bench.counters.dealt + bench.counters.steered == 1);
  bench.pass(5'000);
  CHECK(bench.exchange().last_error.code != Code::no_worker);
}

TEST_CASE("fabric: what moves to another line keeps its place and its time") {
  Bench bench;
  come(bench, "api");
  bench.break_steer("api");
  bench.ask("/other");  // waits for anybody
  bench.pass(4'000);
  bench.ask("/api/1");  // for the route
  bench.pass(500);
  bench.ask("/last");
  bench.pass(600);  // the route is forgotten, "/other" has waited long enough
  CHECK(bench.exchanges.at(1)->last_error.code == Code::no_worker);
  bench.hello("a");
  CHECK(bench.last_line() == "a: welcome · head GET /api/1 end · head GET /last end");
}

TEST_CASE("fabric: a route is kept for the queue timeout after its last worker went, not after the one before") {
  Bench bench;
  come(bench, "first");
  bench.break_steer("first");
  bench.pass(3'000);
  come(bench, "second");
  bench.break_steer("second");
  bench.join("a");
  bench.pass(3'000);
  bench.ask("/api/users");
  CHECK(bench.counters.dealt + bench.counters.steered == 0);
  bench.pass(3'000);
  CHECK(bench.counters.dealt + bench.counters.steered == 1);
}

TEST_CASE("fabric: a route whose worker says hello again without it is kept as long") {
  Bench bench;
  come(bench, "api");
  bench.join("a");
  bench.hello_again("api", 1, 1'024, {{"", "/else"}});
  bench.ask("/api/users");
  CHECK(bench.counters.dealt + bench.counters.steered == 0);
  bench.hello_again("api", 1, 1'024, kApi);
  CHECK(bench.last_line() == "api: welcome · head GET /api/users end");
}
