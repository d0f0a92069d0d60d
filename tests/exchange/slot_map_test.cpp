#include "router/exchange/slot_map.h"

#include <doctest/doctest.h>

#include <vector>

using namespace zeroway;

namespace {
std::unique_ptr<int> make() { return std::make_unique<int>(0); }
}  // namespace

TEST_CASE("slot map: a key finds its object until it is retired, and never another") {
  SlotMap<int> map(8);
  const auto one = map.add(make);
  const auto two = map.add(make);
  *map.find(one) = 1;
  *map.find(two) = 2;
  CHECK(*map.find(one) == 1);
  CHECK(map.size() == 2);
  map.retire(one);
  CHECK(map.find(one) == nullptr);
  CHECK(*map.find(two) == 2);
  CHECK(map.size() == 1);
  map.recycle();
  const auto three = map.add(make);
  CHECK(three != one);
  CHECK(map.find(one) == nullptr);
  CHECK(map.find(three) != nullptr);
}

TEST_CASE("slot map: 0 and keys of places that never were find nothing") {
  SlotMap<int> map(8);
  CHECK(map.find(0) == nullptr);
  static_cast<void>(map.add(make));
  CHECK(map.find(0) == nullptr);
  CHECK(map.find(1) == nullptr);
  CHECK(map.find(std::uint64_t{1} << 32 | 1) == nullptr);
  CHECK(map.find(~std::uint64_t{0}) == nullptr);
}

TEST_CASE("slot map: what is retired stays untouched until recycle, and is then handed out as it was") {
  SlotMap<int> map(8);
  const auto one = map.add(make);
  int* object = map.find(one);
  *object = 42;
  map.retire(one);
  const auto two = map.add(make);
  CHECK(map.find(two) != object);
  CHECK(*object == 42);
  map.recycle();
  const auto three = map.add(make);
  CHECK(map.find(three) == object);
  CHECK(*object == 42);
}

TEST_CASE("slot map: only so many unused objects keep their memory") {
  int made = 0;
  const auto count = [&made] {
    ++made;
    return std::make_unique<int>(0);
  };
  SlotMap<int> map(2);
  const auto all_of = [&] {
    std::vector<std::uint64_t> keys;
    for (int i = 0; i < 5; ++i) keys.push_back(map.add(count));
    for (const auto key : keys) map.retire(key);
    map.recycle();
  };
  all_of();
  CHECK(made == 5);
  all_of();
  CHECK(made == 5 + 3);
}
