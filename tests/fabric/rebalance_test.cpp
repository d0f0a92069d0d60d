#include "router/fabric/rebalance.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

const Time kStart = Time{} + 1h;

// The streams of a pool, which move at once: each one that is handed over comes again at the worker with the fewest.
struct Script {
  explicit Script(double per_second) : rebalance(per_second) {}

  // "1:3 2:1": three of worker 1 and one of worker 2.
  std::string look() {
    std::string text;
    for (const HandOver& one : rebalance.look(now, all)) {
      text += (text.empty() ? "" : " ") + std::to_string(one.worker) + ":" + std::to_string(one.streams);
      moved += one.streams;
      LongStreams& from = of(one.worker);
      from.held -= one.streams;
      from.movable -= one.streams;
      away += one.streams;
    }
    return text;
  }
  void come_again() {
    for (; away > 0; --away) {
      LongStreams* least = &all.front();
      for (LongStreams& one : all)
        if (one.held * least->weight < least->held * one.weight) least = &one;
      ++least->held;
      ++least->movable;
    }
  }
  // Looks each 20 ms until the rebalance rests, at most a minute.
  void run(bool do_they_return = true) {
    for (int looks = 0; looks < 3'000 && !rebalance.is_resting(); ++looks) {
      static_cast<void>(look());
      if (do_they_return) come_again();
      now += 20ms;
    }
    CHECK(rebalance.is_resting());
  }
  LongStreams& of(WorkerKey worker) {
    for (LongStreams& one : all)
      if (one.worker == worker) return one;
    return all.front();
  }

  Rebalance rebalance;
  std::vector<LongStreams> all;
  Time now = kStart;
  std::size_t moved = 0, away = 0;
};

LongStreams worker(WorkerKey key, std::size_t held, std::uint32_t weight = 1) {
  return {.worker = key, .weight = weight, .held = held, .movable = held, .room = 1'000'000};
}

}  // namespace

TEST_CASE("rebalance: of two that joined within one look, the one that has got all streams hands over") {
  Script script(10);
  script.all = {worker(1, 100), worker(2, 0)};
  script.rebalance.joined(1);
  script.rebalance.joined(2);
  script.run();
  CHECK(script.moved == 50);
  CHECK(script.of(1).held == 50);
  CHECK(script.of(2).held == 50);
}

TEST_CASE("rebalance: nothing moves before a worker has joined, however uneven the pool is") {
  Script script(100);
  script.all = {worker(1, 100), worker(2, 0)};
  for (int looks = 0; looks < 100; ++looks, script.now += 20ms) CHECK(script.look().empty());
}

TEST_CASE("rebalance: a newcomer gets half of the streams of one old worker, and no more move") {
  Script script(10);
  script.all = {worker(1, 100), worker(2, 0)};
  script.rebalance.joined(2);
  script.run();
  CHECK(script.moved == 50);
  CHECK(script.of(2).held == 50);
}

TEST_CASE("rebalance: clients that stay away are not taken for streams that were never there") {
  Script script(10);
  script.all = {worker(1, 100), worker(2, 0)};
  script.rebalance.joined(2);
  script.run(false);
  CHECK(script.moved == 50);
}

TEST_CASE("rebalance: so many a second, one by one where they are few") {
  for (const double rate : {2.0, 10.0, 200.0}) {
    CAPTURE(rate);
    Script script(rate);
    script.all = {worker(1, 4'000), worker(2, 0)};
    script.rebalance.joined(2);
    const auto in = [&](Time::duration time) {
      const std::size_t before = script.moved;
      for (const Time end = script.now + time; script.now < end; script.now += 20ms) static_cast<void>(script.look());
      return static_cast<double>(script.moved - before);
    };
    CHECK(in(1s) <= rate);
    const double later = in(5s);
    CHECK(later <= 5 * rate + 1);
    CHECK(later >= 5 * rate - 2);
  }
}

TEST_CASE("rebalance: a loop that was late makes up for a quarter of a second at most") {
  Script script(100);
  script.all = {worker(1, 4'000), worker(2, 0)};
  script.rebalance.joined(2);
  static_cast<void>(script.look());
  script.now += 10s;
  CHECK(script.look() == "1:25");
}

TEST_CASE("rebalance: shares go by weight") {
  Script script(1'000);
  script.all = {worker(1, 80), worker(2, 0, 3)};
  script.rebalance.joined(2);
  script.run();
  CHECK(script.of(1).held == 20);
  CHECK(script.of(2).held == 60);
}

TEST_CASE("rebalance: those who have most give first, and nobody gives below its share") {
  Script script(1'000);
  script.all = {worker(1, 90), worker(2, 30), worker(3, 0)};
  script.rebalance.joined(3);
  script.run();
  CHECK(script.moved == 40);
  CHECK(script.of(1).held == 50);
  CHECK(script.of(2).held == 35);  // some of the clients came there
  CHECK(script.of(3).held == 35);
}

TEST_CASE("rebalance: streams whose clients are bound count, and stay") {
  Script script(1'000);
  script.all = {worker(1, 100), worker(2, 0)};
  script.all[0].movable = 8;
  script.rebalance.joined(2);
  script.run();
  CHECK(script.moved == 8);
}

TEST_CASE("rebalance: a newcomer gets no more than it has room for") {
  Script script(1'000);
  script.all = {worker(1, 100), worker(2, 0)};
  script.all[1].room = 5;
  script.rebalance.joined(2);
  CHECK(script.look().empty());
  script.now += 1s;
  CHECK(script.look() == "1:5");
}

TEST_CASE("rebalance: it ends when the newcomer has got its share by other ways, or is gone") {
  Script script(10);
  script.all = {worker(1, 100), worker(2, 0)};
  script.rebalance.joined(2);
  static_cast<void>(script.look());
  SUBCASE("new clients came to it") { script.all[1] = worker(2, 100); }
  SUBCASE("it is gone") { script.all.pop_back(); }
  SUBCASE("everybody is gone") { script.all.clear(); }
  script.now += 1s;
  CHECK(script.look().empty());
  CHECK(script.rebalance.is_resting());
}

TEST_CASE("rebalance: workers that join one after the other all get their shares") {
  Script script(1'000);
  script.all = {worker(1, 90), worker(2, 0)};
  script.rebalance.joined(2);
  static_cast<void>(script.look());
  script.now += 20ms;
  static_cast<void>(script.look());
  script.come_again();
  script.all.push_back(worker(3, 0));
  script.rebalance.joined(3);
  script.run();
  for (const WorkerKey key : {1, 2, 3}) CHECK(script.of(key).held == 30);
  CHECK(script.moved == 60);
}

TEST_CASE("rebalance: a pool without long streams rests at once") {
  Script script(10);
  script.all = {worker(1, 0), worker(2, 0)};
  script.rebalance.joined(2);
  CHECK(script.look().empty());
  CHECK(script.rebalance.is_resting());
}
