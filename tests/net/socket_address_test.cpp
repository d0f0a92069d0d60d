#include "router/net/socket_address.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <set>

using namespace zeroway;

TEST_CASE("socket address: numeric hosts are read and shown in their shortest form") {
  const auto shown = [](std::string_view host) {
    const auto address = SocketAddress::numeric(host, 80);
    return address ? address->show() : "no address";
  };
  CHECK(shown("127.0.0.1") == "127.0.0.1:80");
  CHECK(shown("::1") == "[::1]:80");
  CHECK(shown("2001:DB8:0:0::1") == "[2001:db8::1]:80");
  CHECK(shown("::ffff:10.0.0.1") == "[::ffff:10.0.0.1]:80");
  CHECK(shown("fe80::1%1") == "[fe80::1%1]:80");
  CHECK(shown("fe80::1%no-such-interface") == "no address");
  CHECK(shown("fe80::1%") == "no address");
  for (const std::string_view bad :
       {"", "localhost", "127.1", "1.2.3.4.5", "256.0.0.1", "[::1]", "::1 ", ":::", "%1"}) {
    CAPTURE(bad);
    CHECK(shown(bad) == "no address");
  }
  CHECK(shown(std::string_view("127.0.0.1\0x", 11)) == "no address");
}

TEST_CASE("socket address: what the kernel is given is read back as the same address") {
  for (const std::string_view host : {"10.1.2.3", "2001:db8::7", "fe80::1%1"}) {
    CAPTURE(host);
    const auto address = SocketAddress::numeric(host, 8'080);
    REQUIRE(address);
    sockaddr_storage storage;
    CHECK(address->fill(storage) > 0);
    CHECK(SocketAddress::of(reinterpret_cast<const sockaddr&>(storage), 8'080) == address);
    CHECK(SocketAddress::of(reinterpret_cast<const sockaddr&>(storage), 1) != address);
  }
}

TEST_CASE("socket address: a path that the kernel would cut is refused") {
  CHECK(SocketAddress::unix_socket("/run/a.sock")->show() == "unix:/run/a.sock");
  CHECK(SocketAddress::unix_socket(std::string(107, 'x')).has_value());
  const auto longer = SocketAddress::unix_socket(std::string(108, 'x'));
  REQUIRE_FALSE(longer.has_value());
  CHECK(longer.error().detail.ends_with("108 bytes, over 107"));
  CHECK_FALSE(SocketAddress::unix_socket("").has_value());
  CHECK_FALSE(SocketAddress::unix_socket(std::string_view("a\0b", 3)).has_value());
}

TEST_CASE("socket address: different addresses are different keys") {
  std::set<SocketAddress> set;
  for (const std::string_view host : {"127.0.0.1", "127.0.0.2", "::1", "fe80::1%1", "fe80::1%2"}) {
    set.insert(*SocketAddress::numeric(host, 80));
    set.insert(*SocketAddress::numeric(host, 81));
  }
  set.insert(*SocketAddress::unix_socket("/a"));
  set.insert(*SocketAddress::unix_socket("/b"));
  set.insert(*SocketAddress::unix_socket("/a"));
  CHECK(set.size() == 12);
}
