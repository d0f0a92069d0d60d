#include "router/acme/renewal.h"

#include <doctest/doctest.h>

#include "router/acme/limits.h"

using namespace zeroway;
using namespace std::chrono_literals;

TEST_CASE("renewal: a certificate is renewed when a third of its life is left") {
  const WallTime from{1'000h}, until = from + 90 * 24h;
  CHECK(renewal_time(from, until, 0) == from + 60 * 24h);
  CHECK(renewal_time(from, until, 1) == from + 57 * 24h);
}

TEST_CASE("renewal: a certificate without a life is due at its end") {
  const WallTime from{1'000h};
  CHECK(renewal_time(from, from, 0.5) == from);
  CHECK(renewal_time(from, from - 1h, 0.5) == from - 1h);
}

TEST_CASE("renewal: the operator is warned when half of the time for it has passed in vain") {
  const WallTime from{1'000h};
  CHECK(warning_time(from, from + 6 * 24h) == from + 5 * 24h);
  CHECK(warning_time(from, from + 6h) == from + 5h);
  CHECK(warning_time(from, from - 1h) == from - 1h);
}

TEST_CASE("renewal: each failure doubles the wait, up to six hours and a quarter") {
  CHECK(retry_delay(1, 0) == 60s);
  CHECK(retry_delay(2, 0) == 120s);
  CHECK(retry_delay(5, 0) == 960s);
  CHECK(retry_delay(100, 0) == kLastRetry);
  CHECK(retry_delay(4'000'000'000, 1) == kLastRetry + 90min);
  CHECK(retry_delay(1, 1) == 75s);
}
