#include "worker-sdk/src/wire/input_buffer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "worker-sdk/src/wire/limits.h"

using namespace zeroway;

namespace {

void put(InputBuffer& buffer, std::string_view text) {
  const auto room = buffer.room();
  REQUIRE(room.size() >= text.size());
  std::memcpy(room.data(), text.data(), text.size());
  buffer.added(text.size());
}

}  // namespace

TEST_CASE("input buffer: what is not used up stays, in front of what comes") {
  InputBuffer buffer;
  CHECK(buffer.room().size() == kReadSize);
  put(buffer, "one two");
  buffer.taken(4);
  CHECK(as_text(buffer.bytes()) == "two");
  put(buffer, " three");
  CHECK(as_text(buffer.bytes()) == "two three");
  buffer.taken(9);
  CHECK(buffer.bytes().empty());
  CHECK(buffer.room().size() == kReadSize);
}

TEST_CASE("input buffer: there is always room, and a large message frees its memory when it is used up") {
  InputBuffer buffer;
  std::string all;
  while (all.size() < 20 * kReadSize) {
    const std::string piece(std::min(buffer.room().size(), kLeastRoom), static_cast<char>('a' + all.size() % 26));
    put(buffer, piece);
    all += piece;
    REQUIRE(buffer.room().size() >= kLeastRoom);
  }
  CHECK(as_text(buffer.bytes()) == all);
  buffer.taken(all.size());
  CHECK(buffer.room().size() == kReadSize);
}

TEST_CASE("input buffer: it gives back what was put in, however it is cut") {
  std::mt19937 random(1);
  InputBuffer buffer;
  std::string expected;
  for (int round = 0; round < 5'000; ++round) {
    const std::string piece(random() % kLeastRoom, static_cast<char>('a' + round % 26));
    put(buffer, piece);
    expected += piece;
    const std::size_t taken = random() % 8 == 0 ? expected.size() : random() % (expected.size() + 1);
    buffer.taken(taken);
    expected.erase(0, taken);
    REQUIRE(as_text(buffer.bytes()) == expected);
  }
}
