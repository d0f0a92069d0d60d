#include "router/net/address_table.h"

#include <doctest/doctest.h>

#include <string>

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

constexpr Time kNow{1h};

}  // namespace

TEST_CASE("address table: one address has so many, others have their own") {
  AddressTable table(2);
  CHECK(table.enter("192.0.2.1", kNow) == Entry::yes);
  CHECK(table.enter("192.0.2.1", kNow) == Entry::yes);
  CHECK(table.enter("192.0.2.1", kNow) == Entry::no_and_tell);
  CHECK(table.enter("192.0.2.2", kNow) == Entry::yes);
  table.leave("192.0.2.1");
  CHECK(table.enter("192.0.2.1", kNow) == Entry::yes);
  CHECK(table.enter("192.0.2.1", kNow) == Entry::no);
}

TEST_CASE("address table: a flood is told of once a minute") {
  AddressTable table(1);
  CHECK(table.enter("192.0.2.1", kNow) == Entry::yes);
  CHECK(table.enter("192.0.2.1", kNow) == Entry::no_and_tell);
  CHECK(table.enter("192.0.2.1", kNow + 59s) == Entry::no);
  CHECK(table.enter("192.0.2.1", kNow + 60s) == Entry::no_and_tell);
}

TEST_CASE("address table: IPv6 is counted by /64, and is no IPv4 address") {
  AddressTable table(1);
  CHECK(table.enter("2001:db8:0:1::1", kNow) == Entry::yes);
  CHECK(table.enter("2001:db8:0:1:ffff::2", kNow) == Entry::no_and_tell);
  CHECK(table.enter("2001:db8:0:2::1", kNow) == Entry::yes);
  CHECK(table.enter("::1", kNow) == Entry::yes);
  CHECK(table.enter("127.0.0.1", kNow) == Entry::yes);
  table.leave("2001:db8:0:1:9::9");
  CHECK(table.enter("2001:db8:0:1::1", kNow) == Entry::yes);
}

TEST_CASE("address table: who is gone is forgotten") {
  AddressTable table(3);
  for (int host = 0; host < 200; ++host) CHECK(table.enter("10.0.0." + std::to_string(host), kNow) == Entry::yes);
  CHECK(table.size() == 200);
  for (int host = 0; host < 200; ++host) table.leave("10.0.0." + std::to_string(host));
  CHECK(table.size() == 0);
  CHECK(table.enter("no address", kNow) == Entry::yes);
  CHECK(table.size() == 0);
}
