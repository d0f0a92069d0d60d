#include "router/route/trusted_networks.h"

#include <doctest/doctest.h>

#include <string>

using namespace zeroway;

TEST_CASE("trusted networks: who is inside") {
  struct Case {
    const char *network, *address;
    bool is_inside;
  };
  const Case cases[] = {
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"10.9.9.9/8", "10.0.0.1", true},  // bits past the prefix do not matter
      {"192.168.4.0/22", "192.168.7.255", true},
      {"192.168.4.0/22", "192.168.8.0", false},
      {"192.0.2.7", "192.0.2.7", true},
      {"192.0.2.7", "192.0.2.8", false},
      {"192.0.2.7/32", "192.0.2.6", false},
      {"0.0.0.0/0", "203.0.113.9", true},
      {"0.0.0.0/0", "2001:db8::1", false},  // every IPv4 address, no IPv6 one
      {"::/0", "2001:db8::1", true},
      {"fd00::/8", "fdff::1", true},
      {"fd00::/8", "fe00::1", false},
      {"2001:db8::/33", "2001:db8:7fff::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"::1", "::1", true},
      {"::1", "127.0.0.1", false},
      {"127.0.0.0/8", "::ffff:127.0.0.1", true},  // a v4 client of a dual-stack socket
      {"127.0.0.0/8", "not an address", false},
      {"127.0.0.0/8", "", false},
  };
  for (const Case& one : cases) {
    CAPTURE(one.network);
    CAPTURE(one.address);
    TrustedNetworks networks;
    REQUIRE(networks.add(one.network).has_value());
    CHECK(networks.contain(one.address) == one.is_inside);
  }
}

TEST_CASE("trusted networks: what is no network is refused by name") {
  for (const char* text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0/8", "::/129", "fd00::/ 8",
        "example.com", "10.0.0.0/8/8", "1.2.3.4.5", "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/1"}) {
    CAPTURE(text);
    TrustedNetworks networks;
    const auto added = networks.add(text);
    REQUIRE_FALSE(added.has_value());
    CHECK(added.error().detail == "not a network: '" + std::string(text) + "'");
    CHECK_FALSE(networks.contain("10.0.0.1"));
  }
}

TEST_CASE("trusted networks: any of several") {
  TrustedNetworks networks;
  CHECK_FALSE(networks.contain("10.0.0.1"));
  CHECK(networks.add("10.0.0.0/8").has_value());
  CHECK(networks.add("::1").has_value());
  CHECK(networks.contain("10.0.0.1"));
  CHECK(networks.contain("::1"));
  CHECK_FALSE(networks.contain("::2"));
}
