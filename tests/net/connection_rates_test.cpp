#include "router/net/connection_rates.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "router/net/limits.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

constexpr Time kNow{1h};

}  // namespace

TEST_CASE("connection rates: a second's worth at once, then one after the other") {
  ConnectionRates rates(4);
  for (int one = 0; one < 4; ++one) CHECK(rates.enter("192.0.2.1", kNow) == Entry::yes);
  CHECK(rates.enter("192.0.2.1", kNow) == Entry::no_and_tell);
  CHECK(rates.enter("192.0.2.1", kNow + 249ms) == Entry::no);
  CHECK(rates.enter("192.0.2.1", kNow + 250ms) == Entry::yes);
  CHECK(rates.enter("192.0.2.1", kNow + 250ms) == Entry::no);
  CHECK(rates.enter("192.0.2.2", kNow) == Entry::yes);  // another address
  for (int one = 0; one < 4; ++one) CHECK(rates.enter("192.0.2.1", kNow + 1h) == Entry::yes);
  CHECK(rates.enter("192.0.2.1", kNow + 1h) == Entry::no_and_tell);  // no more for the rest
}

TEST_CASE("connection rates: who tries on is served as often as who waits") {
  ConnectionRates rates(10);
  int entered = 0;
  for (auto time = 0ms; time < 10s; time += 1ms) {
    entered += rates.enter("192.0.2.1", kNow + time) == Entry::yes ? 1 : 0;
  }
  CHECK(entered == 10 + 99);
}

TEST_CASE("connection rates: a flood is told of once a minute") {
  ConnectionRates rates(1);
  int told = 0;
  for (auto time = 0ms; time < 120s; time += 100ms) {
    told += rates.enter("192.0.2.1", kNow + time) == Entry::no_and_tell ? 1 : 0;
  }
  CHECK(told == 2);
}

TEST_CASE("connection rates: IPv6 is counted by /64, and what is no address is not counted") {
  ConnectionRates rates(1);
  CHECK(rates.enter("2001:db8:0:1::1", kNow) == Entry::yes);
  CHECK(rates.enter("2001:db8:0:1:ffff::2", kNow) == Entry::no_and_tell);
  CHECK(rates.enter("2001:db8:0:2::1", kNow) == Entry::yes);
  for (int one = 0; one < 3; ++one) CHECK(rates.enter("no address", kNow) == Entry::yes);
  CHECK(rates.size() == 2);
}

TEST_CASE("connection rates: the table is bounded, and forgets first who came a second ago") {
  ConnectionRates rates(1);
  const auto host = [](std::size_t number) {
    return "10." + std::to_string(number / 65'536) + "." + std::to_string(number / 256 % 256) + "." +
           std::to_string(number % 256);
  };
  for (std::size_t number = 0; number < kMaxRatedAddresses - 1; ++number) {
    REQUIRE(rates.enter(host(number), kNow) == Entry::yes);
  }
  CHECK(rates.enter("192.0.2.1", kNow + 2s) == Entry::yes);
  CHECK(rates.size() == kMaxRatedAddresses);
  CHECK(rates.enter("192.0.2.2", kNow + 2s) == Entry::yes);
  CHECK(rates.size() == 2);
  CHECK(rates.enter("192.0.2.1", kNow + 2s) == Entry::no_and_tell);
  // All of them within one second: everybody begins anew.
  std::size_t most = 0;
  for (std::size_t number = 0; number < 2 * kMaxRatedAddresses; ++number) {
    REQUIRE(rates.enter(host(number), kNow + 2s) == Entry::yes);
    most = std::max(most, rates.size());
  }
  CHECK(most == kMaxRatedAddresses);
}
