#include "router/http/h2_head_growth.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("h2 head growth: a look is due once enough was decoded since the last") {
  H2HeadGrowth growth;
  growth.begin(1'000);
  CHECK_FALSE(growth.is_due(kGrowthLook - 1));
  CHECK(growth.is_due(kGrowthLook));
  CHECK_FALSE(growth.is_bomb(kGrowthLook + 10, 11'000));
  CHECK_FALSE(growth.is_due(2 * kGrowthLook + 9));
  CHECK(growth.is_due(2 * kGrowthLook + 10));
}

TEST_CASE("h2 head growth: more than kMaxGrowth for each byte is a bomb, whatever came before") {
  constexpr std::uint64_t kRead = kGrowthLook / kMaxGrowth;
  H2HeadGrowth growth;
  growth.begin(7);
  CHECK_FALSE(growth.is_bomb(kGrowthLook, 7 + kRead));
  CHECK(growth.is_bomb(2 * kGrowthLook + 1, 7 + 2 * kRead));
  growth.begin(50'000);
  CHECK_FALSE(growth.is_bomb(kGrowthLook, 60'000));
  CHECK(growth.is_bomb(2 * kGrowthLook, 60'004));
  growth.begin(60'004);
  CHECK_FALSE(growth.is_bomb(kGrowthLook, 60'004 + kRead));
}
