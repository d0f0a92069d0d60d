#include "worker-sdk/src/wire/socket_address.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

using namespace zeroway;

namespace {

sockaddr_in6 v6_of(const std::string& endpoint) {
  const auto address = address_of(endpoint);
  REQUIRE(address.has_value());
  REQUIRE(address->storage.ss_family == AF_INET6);
  sockaddr_in6 v6{};
  REQUIRE(address->size == sizeof v6);
  std::memcpy(&v6, &address->storage, sizeof v6);
  return v6;
}

sockaddr_un local_of(const std::string& endpoint, std::size_t name_size) {
  const auto address = address_of(endpoint);
  REQUIRE(address.has_value());
  CHECK_FALSE(address->is_tcp());
  CHECK(address->size == offsetof(sockaddr_un, sun_path) + name_size);
  sockaddr_un local{};
  std::memcpy(&local, &address->storage, address->size);
  return local;
}

}  // namespace

TEST_CASE("socket address: an IPv4 and an IPv6 address need no switch") {
  const auto address = address_of("tcp://127.0.0.1:8000");
  REQUIRE(address.has_value());
  CHECK(address->is_tcp());
  sockaddr_in v4{};
  REQUIRE(address->size == sizeof v4);
  std::memcpy(&v4, &address->storage, sizeof v4);
  CHECK(v4.sin_family == AF_INET);
  CHECK(ntohs(v4.sin_port) == 8000);
  CHECK(ntohl(v4.sin_addr.s_addr) == INADDR_LOOPBACK);
  const sockaddr_in6 v6 = v6_of("tcp://[::1]:65534");
  CHECK(ntohs(v6.sin6_port) == 65534);
  CHECK(IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr));
  CHECK(v6.sin6_scope_id == 0);
}

TEST_CASE("socket address: a link-local address has the zone of its interface") {
  const sockaddr_in6 v6 = v6_of("tcp://[fe80::1%lo]:8000");
  CHECK(IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr));
  CHECK(v6.sin6_scope_id == if_nametoindex("lo"));
  CHECK(v6.sin6_scope_id != 0);
}

TEST_CASE("socket address: ipc is a file, with @ a name in the abstract namespace") {
  CHECK(std::string(local_of("ipc:///tmp/a", 7).sun_path) == "/tmp/a");
  const sockaddr_un local = local_of("ipc://@a", 2);
  CHECK(local.sun_path[0] == '\0');
  CHECK(local.sun_path[1] == 'a');
}

TEST_CASE("socket address: a host name and another transport are none, and neither is a path that does not fit") {
  for (const char* none : {"tcp://gw:8000", "tcp://*:8000", "udp://127.0.0.1:8000", "ipc://", ""}) {
    INFO(none);
    CHECK_FALSE(address_of(none).has_value());
  }
  sockaddr_un local{};
  CHECK(address_of("ipc://" + std::string(sizeof local.sun_path - 1, 'x')).has_value());
  CHECK_FALSE(address_of("ipc://" + std::string(sizeof local.sun_path, 'x')).has_value());
}
