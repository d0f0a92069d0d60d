#include "router/net/kept_input.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

#include "router/net/limits.h"

using namespace zeroway;

namespace {

struct Bench {
  InputBlock spare;
  KeptInput kept;

  void add(const std::string& text) { kept.add(as_bytes(text), spare); }
  // As a socket does that has `text`; what has no room stays there. How much was put.
  std::size_t read(std::string_view text, std::size_t wanted) {
    const auto room = kept.room(wanted, spare);
    CHECK(room.size() > 0);
    CHECK(room.size() <= wanted);
    const std::size_t count = std::min(room.size(), text.size());
    std::copy_n(text.begin(), count, room.begin());
    kept.added(count);
    return count;
  }
  void take(std::size_t count) { kept.taken(count, spare); }
  [[nodiscard]] std::string_view text() const { return as_text(kept.bytes()); }
};

}  // namespace

TEST_CASE("kept input: what is added and what is read stand one behind the other, and are taken from the front") {
  Bench bench;
  CHECK(bench.kept.is_empty());
  bench.add("");
  CHECK(bench.kept.is_empty());
  bench.add("one ");
  CHECK(bench.read("two ", 4) == 4);
  bench.add("three");
  CHECK(bench.text() == "one two three");
  bench.take(4);
  CHECK(bench.text() == "two three");
  CHECK(bench.read(" four", 5) == 5);
  CHECK(bench.text() == "two three four");
  bench.take(bench.kept.size());
  CHECK(bench.kept.is_empty());
}

TEST_CASE("kept input: who has sent little gets little room, however much is wanted") {
  Bench bench;
  bench.add("head");
  CHECK(bench.kept.room(4 << 20, bench.spare).size() == kReadSize);
  bench.kept.added(kReadSize);
  CHECK(bench.kept.room(4 << 20, bench.spare).size() == kReadSize + 4);
}

TEST_CASE("kept input: large memory goes to the loop when it is empty, and serves the next frame") {
  Bench bench;
  const std::string large(300'000, 'x');
  bench.add(large);
  CHECK(bench.spare.capacity == 0);
  const std::uint8_t* const memory = bench.kept.bytes().data();
  bench.take(large.size());
  CHECK(bench.spare.capacity == large.size());
  KeptInput other;
  other.add(as_bytes(large), bench.spare);
  CHECK(other.bytes().data() == memory);
  CHECK(bench.spare.capacity == 0);
  other.clear(bench.spare);
  bench.add("a few bytes need none of it");
  CHECK(bench.spare.capacity == large.size());
  bench.take(bench.kept.size());
  bench.add(std::string(kSpareInput + 1, 'x'));
  bench.kept.clear(bench.spare);
  CHECK(bench.spare.capacity == large.size());  // more is given back to the system
}

TEST_CASE("kept input: it gives back what was put in, in any cuts") {
  std::string all(1 << 20, '\0');
  std::mt19937 random(7);
  for (char& byte : all) byte = static_cast<char>(random());
  const auto some = [&](std::size_t most) { return random() % (most + 1); };
  Bench bench;
  std::size_t put = 0, taken = 0;
  while (taken < all.size()) {
    if (random() % 2 == 0) {
      const std::string piece = all.substr(put, some(100'000));
      bench.add(piece);
      put += piece.size();
    } else {
      put += bench.read(std::string_view(all).substr(put), 1 + some(200'000));
    }
    REQUIRE(bench.text() == std::string_view(all).substr(taken, put - taken));
    const std::size_t count = random() % 3 == 0 ? bench.kept.size() : some(bench.kept.size());
    bench.take(count);
    taken += count;
  }
}
