#include "router/route/network_set.h"

#include <doctest/doctest.h>

#include <initializer_list>

namespace zeroway {

namespace {

NetworkSet set_of(std::initializer_list<std::string_view> networks) {
  NetworkSet set;
  for (const std::string_view network : networks) REQUIRE(set.add(network).has_value());
  return set;
}

bool has(const NetworkSet& set, std::string_view address) {
  const auto read = read_ip_address(address);
  REQUIRE(read);
  return set.contains(*read);
}

}  // namespace

TEST_CASE("networks: an address is in the set when one of the networks holds it") {
  const NetworkSet set = set_of({"10.0.0.0/8", "192.0.2.7", "2001:db8::/33", "172.16.0.0/12", "10.1.0.0/16"});
  for (const char* inside : {"10.0.0.0", "10.255.255.255", "10.1.2.3", "192.0.2.7", "2001:db8::1",
                             "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff", "172.31.0.1"}) {
    CAPTURE(inside);
    CHECK(has(set, inside));
  }
  for (const char* outside : {"9.255.255.255", "11.0.0.0", "192.0.2.6", "192.0.2.8", "2001:db8:8000::", "::", "::a00:1",
                              "172.32.0.0", "255.255.255.255"}) {
    CAPTURE(outside);
    CHECK_FALSE(has(set, outside));
  }
}

TEST_CASE("networks: an IPv4 address that is mapped into IPv6 is that IPv4 address (RFC 4291 §2.5.5.2)") {
  CHECK(has(set_of({"10.0.0.0/8"}), "::ffff:10.1.2.3"));
  CHECK(has(set_of({"::ffff:10.0.0.0/104"}), "10.1.2.3"));
  CHECK(read_ip_address("::FFFF:0a01:0203") == read_ip_address("10.1.2.3"));
  CHECK(is_ipv4(*read_ip_address("::ffff:10.1.2.3")));
  CHECK_FALSE(is_ipv4(*read_ip_address("::10.1.2.3")));
}

TEST_CASE("networks: all, /0 and bits in the middle of a byte") {
  CHECK(has(set_of({"all"}), "::1"));
  CHECK(has(set_of({"all"}), "10.0.0.1"));
  CHECK(has(set_of({"0.0.0.0/0"}), "10.0.0.1"));
  CHECK_FALSE(has(set_of({"0.0.0.0/0"}), "::1"));
  CHECK(has(set_of({"::/0"}), "10.0.0.1"));
  CHECK(has(set_of({"10.0.0.77/29"}), "10.0.0.72"));  // the bits behind the network do not matter
  CHECK_FALSE(has(set_of({"10.0.0.77/29"}), "10.0.0.80"));
}

TEST_CASE("networks: what is no network is refused") {
  NetworkSet set;
  for (const char* text : {"", "all ", "ALL", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8 ", "10.0.0.0/-1",
                           "::/129", "10.0.0.0/8/8", "010.0.0.1", "host", "[::1]", "::1%lo", "1"}) {
    CAPTURE(text);
    CHECK_FALSE(set.add(text).has_value());
  }
  CHECK(set.is_empty());
  using namespace std::string_view_literals;
  CHECK_FALSE(set.add("10.0.0.1\0"sv).has_value());
}

}  // namespace zeroway
