#include "router/fabric/settling.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {

// The open pool of two workers, and what they have sent back.
struct Table {
  Table() { a.last_pong = b.last_pong = 7; }
  Worker a, b;
  std::vector<Worker*> pool{&a, &b};
  Settling settling;
};

}  // namespace

TEST_CASE("settling: settled once every worker has sent a dealt ping back") {
  Table table;
  CHECK(table.settling.is_settled(table.pool));
  table.b.last_pong = 0;
  CHECK_FALSE(table.settling.is_settled(table.pool));
  table.pool.pop_back();
  CHECK(table.settling.is_settled(table.pool));
}

TEST_CASE("settling: after a break only pings that were dealt later count") {
  Table table;
  table.settling.broke(7);
  CHECK_FALSE(table.settling.is_settled(table.pool));
  table.a.last_pong = 8;
  CHECK_FALSE(table.settling.is_settled(table.pool));
  table.b.last_pong = 9;
  CHECK(table.settling.is_settled(table.pool));
}

TEST_CASE("settling: whoever comes takes nothing from what is proven of the others") {
  Table table;
  table.settling.came();
  table.settling.shook_hands();
  table.settling.roster_changed();
  CHECK(table.settling.is_settled(table.pool));
}

TEST_CASE("settling: a change wants a round, until one begins") {
  Settling settling;
  CHECK_FALSE(settling.wants_round());
  const auto is_wanted_once = [&] {
    return settling.wants_round() && (settling.round_began(), !settling.wants_round());
  };
  settling.shook_hands();
  CHECK(is_wanted_once());
  settling.broke(1);
  CHECK(is_wanted_once());
  settling.roster_changed();
  CHECK(is_wanted_once());
}

TEST_CASE("settling: a round waits until the newcomer has shaken hands, or nobody is known to be new") {
  Settling settling;
  settling.roster_changed();
  settling.came();
  CHECK(settling.is_somebody_new());
  settling.shook_hands();
  CHECK_FALSE(settling.is_somebody_new());
  settling.came();
  settling.broke(1);
  CHECK_FALSE(settling.is_somebody_new());
}
