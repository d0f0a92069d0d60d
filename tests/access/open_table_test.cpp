#include "router/access/open_table.h"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

namespace zeroway {

namespace {

constexpr std::uint64_t key_of(std::uint64_t client) { return client << 24; }  // all of one set

}  // namespace

TEST_CASE("open table: a key has at most so many places, and a place that is given back is free") {
  OpenTable table(64);
  std::vector<OpenTable::Place> places(3);
  CHECK(table.enter(key_of(1), 2, places[0]));
  CHECK(table.enter(key_of(1), 2, places[1]));
  CHECK_FALSE(table.enter(key_of(1), 2, places[2]));
  CHECK(table.used() == 1);
  places[0] = OpenTable::Place();
  CHECK(table.enter(key_of(1), 2, places[2]));
  places.clear();
  CHECK(table.used() == 0);
}

TEST_CASE("open table: keys of one set do not share a count") {
  OpenTable table(8);
  std::vector<OpenTable::Place> places(8);
  for (std::uint64_t client = 1; client <= 8; ++client) CHECK(table.enter(key_of(client), 1, places[client - 1]));
  CHECK(table.used() == 8);
  OpenTable::Place more;
  CHECK_FALSE(table.enter(key_of(3), 1, more));
}

TEST_CASE("open table: a key finds its own slot behind one that has become free") {
  OpenTable table(8);
  OpenTable::Place first, second, third;
  CHECK(table.enter(key_of(1), 1, first));
  CHECK(table.enter(key_of(2), 1, second));
  first = OpenTable::Place();
  CHECK_FALSE(table.enter(key_of(2), 1, third));
}

TEST_CASE("open table: with all slots of a set in use, a new key is let in without a count") {
  OpenTable table(8);
  std::vector<OpenTable::Place> places(9);
  for (std::uint64_t client = 1; client <= 9; ++client) CHECK(table.enter(key_of(client), 1, places[client - 1]));
  CHECK(table.used() == 8);
  places.clear();
  CHECK(table.used() == 0);
}

TEST_CASE("open table: loops that come and go at once leave nothing behind") {
  OpenTable table(64);
  std::vector<std::thread> loops;
  for (int loop = 0; loop < 4; ++loop) {
    loops.emplace_back([&] {
      for (std::uint64_t at = 0; at < 20'000; ++at) {
        OpenTable::Place place;
        static_cast<void>(table.enter(key_of(at % 5 + 1), 3, place));
      }
    });
  }
  for (std::thread& loop : loops) loop.join();
  CHECK(table.used() == 0);
}

}  // namespace zeroway
