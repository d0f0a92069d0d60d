#include "worker-sdk/src/session/router_address.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("address: what ZeroMQ takes without asking a name server") {
  for (const char* numeric : {"127.0.0.1", "::1", "fd00::1", "fe80::1%eth0"}) CHECK(is_numeric(numeric));
  for (const char* name : {"localhost", "gw-1.example.com", "*", "127.1", "10.0.0.256", ""})
    CHECK_FALSE(is_numeric(name));
}

TEST_CASE("address: an endpoint comes apart and together again") {
  CHECK(split_tcp("tcp://gw:8000")->host == "gw");
  CHECK(split_tcp("tcp://[::1]:8000")->host == "::1");
  CHECK(split_tcp("tcp://[::1]:8000")->port == "8000");
  CHECK_FALSE(split_tcp("ipc:///tmp/a:1").has_value());
  CHECK(tcp_endpoint("::1", "80") == "tcp://[::1]:80");
  CHECK(tcp_endpoint("10.0.0.1", "80") == "tcp://10.0.0.1:80");
}

TEST_CASE("address: a service is named with its protocol, or by its host alone") {
  CHECK(service_name("srv://_zeroway._tcp.example.com") == "_zeroway._tcp.example.com");
  CHECK(service_name("srv://_other._tcp.example.com.") == "_other._tcp.example.com.");
  CHECK(service_name("srv://example.com") == "_zeroway._tcp.example.com");
  CHECK(service_name("srv://" + std::string(63, 'a')) == "_zeroway._tcp." + std::string(63, 'a'));
  for (const std::string& none :
       {std::string("srv://"), std::string("srv://a..b"), std::string("srv://.a"), std::string("srv://a:8000"),
        std::string("srv://a b"), std::string("tcp://a:1"), "srv://" + std::string(64, 'a'),
        "srv://" + std::string(60, 'a') + "." + std::string(60, 'a') + "." + std::string(60, 'a') + "." +
            std::string(60, 'a')}) {
    INFO(none);
    CHECK_FALSE(service_name(none).has_value());
  }
}

TEST_CASE("address: in a WELCOME's endpoints the host that answered stands for every host that is no address") {
  CHECK(as_dialled("tcp://*:8002", "10.0.0.1") == "tcp://10.0.0.1:8002");
  CHECK(as_dialled("tcp://*:8002", "::1") == "tcp://[::1]:8002");
  CHECK(as_dialled("tcp://0.0.0.0:8002", "10.0.0.1") == "tcp://10.0.0.1:8002");
  CHECK(as_dialled("tcp://[::]:8002", "10.0.0.1") == "tcp://10.0.0.1:8002");
  CHECK(as_dialled("tcp://eth0:8002", "10.0.0.1") == "tcp://10.0.0.1:8002");
  CHECK(as_dialled("tcp://10.0.0.9:8002", "10.0.0.1") == "tcp://10.0.0.9:8002");
  CHECK(as_dialled("ipc:///tmp/a.1", "") == "ipc:///tmp/a.1");
}
