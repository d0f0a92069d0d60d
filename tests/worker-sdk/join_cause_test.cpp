#include "worker-sdk/src/wire/join_cause.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace zeroway;

TEST_CASE("join cause: a handshake that failed is told with what the user can change") {
  CHECK(no_handshake(ZmtpFault::refused, true) ==
        "the router there does not allow this worker's key (--key, and the router's --fabric-allow)");
  CHECK(no_handshake(ZmtpFault::mechanism, true) ==
        "the fabric there is without keys: leave out --key and --router-key");
  CHECK(no_handshake(ZmtpFault::mechanism, false) == "the router there wants keys: --key and --router-key");
  for (const ZmtpFault why : {ZmtpFault::none, ZmtpFault::key, ZmtpFault::not_zmtp, ZmtpFault::version,
                              ZmtpFault::socket_type, ZmtpFault::protocol, ZmtpFault::too_long}) {
    CHECK(no_handshake(why, true).starts_with("the handshake fails: --router-key is not the key of the router there"));
    CHECK(no_handshake(why, false).starts_with("the handshake fails: what listens there is no Zeroway router"));
  }
}

TEST_CASE("join cause: why no connection could be made is told in words, with the system's reason") {
  CHECK(no_connection(ECONNREFUSED) == "nobody listens there (Connection refused)");
  CHECK(no_connection(ENOENT) == "nobody listens there (No such file or directory)");
  CHECK(no_connection(ETIMEDOUT) == "the host there does not answer (Connection timed out)");
  CHECK(no_connection(EACCES) == "it cannot be connected to (Permission denied)");
}
