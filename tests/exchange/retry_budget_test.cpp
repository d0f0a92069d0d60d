#include "router/exchange/retry_budget.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {
int take_all(RetryBudget& budget, std::size_t open) {
  int taken = 0;
  while (budget.take(open)) ++taken;
  return taken;
}
}  // namespace

TEST_CASE("retry budget: a share of what is open, and never less than the floor") {
  struct Case {
    std::uint32_t percent, floor;
    std::size_t open;
    int expected;
  };
  for (const Case& one :
       {Case{20, 10, 0, 10}, Case{20, 10, 50, 10}, Case{20, 10, 54, 10}, Case{20, 10, 55, 11},
        Case{20, 10, 10'000, 2'000}, Case{0, 3, 10'000, 3}, Case{0, 0, 10'000, 0}, Case{100, 0, 7, 7}}) {
    RetryBudget budget(one.percent, one.floor);
    CHECK(take_all(budget, one.open) == one.expected);
  }
}

TEST_CASE("retry budget: what is given back is taken again; a share that shrank gives nothing") {
  RetryBudget budget(50, 1);
  CHECK(take_all(budget, 8) == 4);
  budget.give_back();
  CHECK_FALSE(budget.take(4));
  CHECK(budget.take(8));
  CHECK(budget.under_way() == 4);
}
