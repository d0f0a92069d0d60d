#include "router/net/shared_ports.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace zeroway;

TEST_CASE("shared_ports: those at the place are found in the kernel's table, each once") {
  const std::string table =
      "Num       RefCount Protocol Flags    Type St Inode Path\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 11 /run/zeroway.sock\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 12 @zeroway-port/127.0.0.1:8443/17/00000000000000ab\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 13 @zeroway-port/127.0.0.1:8443/18/00000000000000cd\n"
      "0000000000000000: 00000003 00000000 00000000 0001 03 14 @zeroway-port/127.0.0.1:8443/18/00000000000000cd\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 15 @zeroway-port/127.0.0.1:84431/19/00000000000000ef\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 16 @zeroway-port/[::]:8443/20/00000000000000ef\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 17 /tmp/@zeroway-port/127.0.0.1:8443/21/ef\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 18 @zeroway-port/127.0.0.1:8443/22\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 18 @zeroway-port/127.0.0.1:8443/2 2/00000000000000ab\n"
      "0000000000000000: 00000003 00000000 00000000 0001 03 19";
  CHECK(sharers_in(table, "127.0.0.1:8443") ==
        std::vector<PortSharer>{{"17", "00000000000000ab"}, {"18", "00000000000000cd"}});
  CHECK(sharers_in(table, "[::]:8443") == std::vector<PortSharer>{{"20", "00000000000000ef"}});
  CHECK(sharers_in(table, "127.0.0.1:80").empty());
  CHECK(sharers_in("", "127.0.0.1:8443").empty());
}
