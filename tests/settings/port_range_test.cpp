#include "router/settings/port_range.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("port range: two ports and all between them") {
  const auto range = read_port_range("20000-20999");
  REQUIRE(range.has_value());
  CHECK(range->size() == 1'000);
  CHECK(range->contains(20'000));
  CHECK(range->contains(20'999));
  CHECK_FALSE(range->contains(21'000));
  CHECK(to_text(*range) == "20000-20999");
  CHECK(read_port_range("1-65535")->size() == 65'535);
  CHECK(read_port_range("80-80")->size() == 1);
  CHECK(PortRange{}.is_none());
  CHECK_FALSE(PortRange{}.contains(0));
}

TEST_CASE("port range: anything else is none") {
  for (const char* text :
       {"", "-", "80", "80-", "-80", "0-80", "80-79", "80-65536", "a-b", "80-90x", " 80-90", "80--90"})
    CHECK_MESSAGE(!read_port_range(text).has_value(), text);
}
