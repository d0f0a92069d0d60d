#include "worker-sdk/src/wire/name_lookup.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("name lookup: localhost is this machine without a question (RFC 6761 §6.3)") {
  for (const char* name : {"localhost", "LocalHost", "localhost.", "gw.localhost"}) {
    CAPTURE(name);
    const NameLookup lookup({name, "8000"}, {});
    REQUIRE(lookup.is_over());
    CHECK(lookup.answer().is_whole);
    CHECK(lookup.answer().addresses == std::vector<std::string>{"tcp://127.0.0.1:8000", "tcp://[::1]:8000"});
    std::vector<pollfd> sockets;
    lookup.add_sockets(sockets);
    CHECK(sockets.empty());
  }
}
