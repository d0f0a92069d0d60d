#include "router/http/h2_held.h"

#include <doctest/doctest.h>

#include <random>

using namespace zeroway;

TEST_CASE("h2 held: what goes in comes out in its order, however it is cut") {
  std::minstd_rand random(7);
  H2Held held;
  std::string in;
  std::string out;
  for (int step = 0; step < 3'000; ++step) {
    std::string piece;
    const std::size_t size = random() % (step % 100 == 0 ? 70'000 : 3'000);
    for (std::size_t at = 0; at < size; ++at) piece.push_back(static_cast<char>(random()));
    held.append(as_bytes(piece));
    in += piece;
    if (step % 7 == 0) continue;
    const std::size_t leaves = step % 50 == 0 ? held.size() : std::min<std::size_t>(held.size(), random() % 4'000);
    held.move_to(out, leaves);
    REQUIRE(held.size() == in.size() - out.size());
  }
  held.move_to(out, held.size());
  CHECK(held.size() == 0);
  CHECK((in == out));
}

TEST_CASE("h2 held: after a clear it is as new") {
  H2Held held;
  held.append(as_bytes(std::string(100'000, 'a')));
  std::string out;
  held.move_to(out, 20'000);
  held.clear();
  CHECK(held.size() == 0);
  held.append(as_bytes(std::string_view("bc")));
  out.clear();
  held.move_to(out, 2);
  CHECK(out == "bc");
}
