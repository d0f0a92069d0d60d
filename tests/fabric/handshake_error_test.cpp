#include "router/fabric/handshake_error.h"

#include <doctest/doctest.h>
#include <zmq.h>

#include <cerrno>

using namespace zeroway;

TEST_CASE("handshake error: what an operator can mend is said in words") {
  CHECK(handshake_error(ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH) == "one side uses CURVE keys, the other does not");
  CHECK(handshake_error(ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC) == "its CURVE keys do not fit the router's");
}

TEST_CASE("handshake error: other protocol errors keep their number, a system's error has its name") {
  CHECK(handshake_error(ZMQ_PROTOCOL_ERROR_ZMTP_UNSPECIFIED) == "not what ZeroMQ says, protocol error 0x10000000");
  CHECK(handshake_error(ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED) == "not what ZeroMQ says, protocol error 0x20000000");
  CHECK(handshake_error(EPIPE) == "Broken pipe");
}
