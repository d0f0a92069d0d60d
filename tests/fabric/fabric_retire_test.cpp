#include <doctest/doctest.h>

#include "tests/fabric/fabric_bench.h"

using namespace zeroway;
using namespace zeroway::test;

namespace {

struct Retirement {
  explicit Retirement(Bench& bench) {
    bench.fabric->retire([this] { ++told; });
  }
  int told = 0;
};

const std::string kNoWorker = "reset " + std::to_string(static_cast<int>(Code::no_worker));

}  // namespace

TEST_CASE("fabric: without a stream a fabric that retires says so at the next tick, once") {
  Bench bench;
  bench.join("a");
  Retirement retirement(bench);
  CHECK(retirement.told == 0);
  bench.pass(20);
  CHECK(retirement.told == 1);
  bench.pass(1'000);
  CHECK(retirement.told == 1);
}

TEST_CASE("fabric: a fabric that retires finishes its streams, then it says so") {
  Bench bench;
  bench.join("a");
  const StreamId one = bench.ask();
  const StreamId other = bench.get();  // not placed yet
  Retirement retirement(bench);
  bench.reply("a", one);
  bench.pass(500);
  CHECK(retirement.told == 0);
  bench.reply("a", other);
  CHECK(bench.exchange().said == "accepted by a · head 200 last · end");
  bench.pass(500);
  CHECK(retirement.told == 1);
}

TEST_CASE("fabric: a stream that waits when the fabric retires still gets its worker") {
  Bench bench;
  const StreamId stream = bench.ask();
  Retirement retirement(bench);
  bench.join("a");
  bench.pass(100);
  CHECK(retirement.told == 0);
  bench.reply("a", stream);
  CHECK(bench.exchange().said == "accepted by a · head 200 last · end");
  bench.pass(500);
  CHECK(retirement.told == 1);
}

TEST_CASE("fabric: a stream that is opened after the fabric retired is reset, also while claims change") {
  Bench bench;
  bench.join("a");
  const StreamId stream = bench.ask();
  Retirement retirement(bench);
  bench.get();
  bench.hello("b", 1, 1'024, {{"", "/"}});
  bench.turn();
  CHECK(bench.exchange().said == kNoWorker);
  bench.reply("a", stream);
  bench.pass(500);
  CHECK(retirement.told == 1);
}
