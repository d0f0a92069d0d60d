#include "worker-sdk/src/same_endpoint.h"

#include <doctest/doctest.h>

using zeroway::is_same_endpoint;

TEST_CASE("same endpoint: as it was dialled, and as it is spelled after a reconnect") {
  CHECK(is_same_endpoint("tcp://127.0.0.1:8001", "tcp://127.0.0.1:8001"));
  CHECK(is_same_endpoint("tcp://127.0.0.1:8001", "tcp://[::ffff:127.0.0.1]:8001"));
  CHECK(is_same_endpoint("tcp://[::1]:8001", "tcp://[0:0:0:0:0:0:0:1]:8001"));
  CHECK(is_same_endpoint("ipc:///tmp/a.steer", "ipc:///tmp/a.steer"));
}

TEST_CASE("same endpoint: another port, host or transport is another place") {
  CHECK_FALSE(is_same_endpoint("tcp://127.0.0.1:8001", "tcp://[::ffff:127.0.0.1]:8000"));
  CHECK_FALSE(is_same_endpoint("tcp://127.0.0.1:8001", "tcp://[::ffff:127.0.0.2]:8001"));
  CHECK_FALSE(is_same_endpoint("tcp://127.0.0.1:8001", "ipc:///tmp/a.steer"));
  CHECK_FALSE(is_same_endpoint("ipc:///tmp/a", "ipc:///tmp/a.steer"));
  CHECK_FALSE(is_same_endpoint("", "tcp://127.0.0.1:8001"));
}
