#include <doctest/doctest.h>

#include "router/fabric/fabric.h"
#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

const std::vector<RouteClaim> kApi{{"", "/api"}};

void come(Bench& bench, const std::string& name) { bench.hello(name, 1, 1'024, kApi); }

// Its HELLO names a connection that this router does not know.
void come_back(Bench& bench, const std::string& name, std::vector<RouteClaim> routes) {
  bench.connections[name] = ++bench.last_connection;
  Hello hello;
  hello.replaces = instance_of(name + "-before");
  hello.routes = std::move(routes);
  bench.say_hello(name, std::move(hello));
}

void leave(Bench& bench, const std::string& name) {
  MessageWriter goodbye;
  goodbye.goaway(0, ResetCode::no_error, "");
  bench.say(name, goodbye);
}

}  // namespace

TEST_CASE("fabric: what waits for anybody goes to the worker that comes and claims its route, the rest is refused") {
  Bench bench;
  bench.ask("/api/users", Last::no);
  bench.ask("/other");
  CHECK(bench.exchange().said.empty());
  come(bench, "api");
  CHECK(bench.last_line() == "api: welcome · head GET /api/users");
  CHECK(bench.exchange().last_error.code == Code::no_route);
  bench.pass(5'100);
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
  CHECK(bench.exchange().last_error.code != Code::no_backend);
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
  CHECK(bench.exchanges.at(1)->last_error.code == Code::no_backend);
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

// ---- what nobody claims

TEST_CASE("fabric: a path that no worker claims is refused at once, and with it what was opened in the same turn") {
  Bench bench;
  come(bench, "api");
  bench.get("/other");
  bench.get("/apis");
  bench.ask("/api");
  CHECK(bench.last_line() == "api: head GET /api end");
  CHECK(bench.exchanges.at(1)->last_error.code == Code::no_route);
  CHECK(bench.exchanges.at(1)->last_error.fault == Fault::client);
  CHECK(bench.exchanges.at(2)->last_error.code == Code::no_route);
  CHECK(bench.counters.queued == 0);
  CHECK(bench.counters.streams_open == 1);
}

TEST_CASE("fabric: a path that no worker claims waits while nobody is connected, or who is leaves") {
  Bench bench;
  bench.ask("/other");
  CHECK(bench.exchange().said.empty());
  bench.pass(5'100);
  CHECK(bench.exchange().last_error.code == Code::no_backend);

  come(bench, "api");
  leave(bench, "api");
  bench.ask("/other");
  CHECK(bench.exchange().said.empty());
  come(bench, "next");
  CHECK(bench.exchange().last_error.code == Code::no_route);
}

TEST_CASE("fabric: a path waits for the open pool as long as the queue timeout after its last worker went") {
  Bench bench;
  come(bench, "api");
  bench.join("a");
  bench.break_deal("a");
  bench.break_steer("a");
  bench.pass(4'000);
  bench.ask("/other");
  CHECK(bench.exchange().said.empty());
  bench.pass(1'100);
  CHECK(bench.exchange().last_error.code == Code::no_route);
  bench.ask("/more");
  CHECK(bench.exchange().last_error.code == Code::no_route);
}

TEST_CASE("fabric: what waited for a route until it was forgotten misses a worker, what comes later asks in vain") {
  Bench bench;
  bench.hello("else", 1, 1'024, {{"", "/else"}});
  come(bench, "api");
  bench.break_steer("api");
  bench.pass(4'000);
  bench.ask("/api/users");
  bench.pass(1'100);
  CHECK(bench.exchange().last_error.code == Code::no_backend);
  bench.ask("/api/users");
  CHECK(bench.exchange().last_error.code == Code::no_route);
}

TEST_CASE("fabric: an exact path and what is below one are claimed apart") {
  Bench bench;
  bench.hello("list", 1, 1'024, {{"", "/users", PathMatch::exact}});
  bench.hello("one", 1, 1'024, {{"", "/users", PathMatch::below}});
  for (int i = 0; i < 3; ++i) {
    bench.ask("/users");
    CHECK(bench.last_line() == "list: head GET /users end");
    bench.ask("/users/7");
    CHECK(bench.last_line() == "one: head GET /users/7 end");
  }
}

TEST_CASE("fabric: a worker that claims everything and a route shares both, although others are on deal") {
  Bench bench;
  bench.join("a");
  bench.hello("both", 1, 1'024, {{"", "/"}, {"", "/api"}});
  std::size_t to_both = 0;
  for (int i = 0; i < 10; ++i) {
    bench.ask("/other");
    to_both += bench.last_line() == "both: head GET /other end";
  }
  CHECK(to_both == 5);
  bench.ask("/api");
  CHECK(bench.last_line() == "both: head GET /api end");
}

TEST_CASE("fabric: a full pool is told as busy, one without workers as absent") {
  Bench bench;
  bench.hello("api", 1, 1, kApi);
  bench.ask("/api/1");
  bench.ask("/api/2");
  bench.pass(5'100);
  CHECK(bench.exchange().last_error.code == Code::backends_busy);
  leave(bench, "api");
  bench.ask("/api/3");
  bench.pass(5'100);
  CHECK(bench.exchange().last_error.code == Code::no_backend);
}

// ---- a router that has just started

TEST_CASE("fabric: a worker of the open pool that is back first gets nothing before the others had time to come back") {
  Bench bench;
  bench.fabric->bound(bench.now);
  bench.ask("/api/early");
  bench.pass(40);
  come_back(bench, "open", {});
  bench.connect_deal("open");
  bench.ask("/api/users");
  bench.ask("/other");
  bench.settle();
  bench.pass(520);
  come_back(bench, "api", kApi);
  CHECK(bench.last_line() == "api: welcome · head GET /api/early end · head GET /api/users end");
  bench.ask("/api/more");  // a claim needs no grace
  CHECK(bench.last_line() == "api: head GET /api/more end");
  CHECK(bench.counters.dealt == 0);
  bench.pass(200);
  CHECK(bench.counters.dealt + bench.counters.steered == 4);
  bench.ask("/other");
  CHECK(bench.exchange().said.empty());
  CHECK(bench.counters.queued == 3);
}

TEST_CASE("fabric: a router that has just started refuses nothing before the others had time to come back") {
  Bench bench;
  bench.fabric->bound(bench.now);
  come_back(bench, "else", {{"", "/else"}});
  bench.ask("/api/users");
  bench.ask("/nothing");
  bench.pass(600);
  come_back(bench, "api", kApi);
  CHECK(bench.last_line() == "api: welcome · head GET /api/users end");
  CHECK(bench.exchange().said.empty());
  bench.pass(200);
  CHECK(bench.exchange().last_error.code == Code::no_route);
}

TEST_CASE("fabric: with new workers only, the first one's requests wait for less than 100 ms") {
  Bench bench;
  bench.fabric->bound(bench.now);
  bench.pass(2'000);
  bench.ask("/api/users");
  bench.hello("open");
  bench.pass(40);
  CHECK(bench.counters.steered == 0);
  come(bench, "api");
  CHECK(bench.last_line() == "api: welcome · head GET /api/users end");
  bench.ask("/other");
  CHECK(bench.counters.steered == 1);
  bench.pass(40);  // with what passed before: 80 ms
  CHECK(bench.last_line() == "open: head GET /other end");
}

TEST_CASE("fabric: a worker that is back while its claims are remembered needs no grace") {
  Bench bench;
  bench.fabric->bound(bench.now);
  bench.hello("open");
  bench.pass(5'000);
  bench.break_steer("open");
  bench.pass(4'000);
  come_back(bench, "again", {});
  bench.ask("/other");
  CHECK(bench.last_line() == "again: head GET /other end");
}

TEST_CASE("fabric: a router that has lost all workers for long gives those that come back their time anew") {
  Bench bench;
  bench.fabric->bound(bench.now);
  come(bench, "first");
  bench.break_steer("first");
  bench.pass(20'000);
  come_back(bench, "open", {});
  bench.ask("/api/users");
  bench.pass(600);
  CHECK(bench.counters.steered == 0);
  come_back(bench, "api", kApi);
  CHECK(bench.last_line() == "api: welcome · head GET /api/users end");
}
