#include "router/settings/port_fingerprints.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "tests/settings/crossbar_reading.h"

using namespace zeroway;

namespace {

std::uint64_t at(const FileReading& reading, const std::string& place) {
  static_cast<void>(good(reading));
  REQUIRE(reading.port_fingerprints.contains(place));
  return reading.port_fingerprints.at(place);
}

std::uint64_t of_toml(const std::string& text) { return at(read_toml_text(text), "*:8080"); }
std::uint64_t of_node(const std::string& text) { return at(read_json_text(text), "*:8443"); }

// kProxy at a shared port.
std::string shared_proxy() {
  std::string text = kProxy;
  const std::string port = "port = 8080\n";
  return text.insert(text.find(port) + port.size(), "shared = true\n");
}

std::string in_node(const std::string& worker) {
  return R"({"version": 2, "workers": [{"type": "router"}, )" + worker + "]}";
}

}  // namespace

TEST_CASE("port_fingerprints: another order of keys and what is about the process change nothing") {
  const std::string text = shared_proxy();
  const std::uint64_t one = of_toml(text);
  CHECK(of_toml(text) == one);
  CHECK(of_toml("# a comment\n" + text) == one);
  CHECK(of_toml(R"([management]
port = 6041
[logging]
level = "debug"
[fabric]
endpoint = "tcp://127.0.0.1:8001"
[[sites]]
shared = true
port = 8080
hostname = "example.com"
name = "other"
[sites.log]
access_log = "other.log"
[sites.proxy]
enabled = true
[[sites.proxy.upstreams]]
url = "http://127.0.0.1:3001"
name = "backend"
[[sites.proxy.routes]]
upstream = "backend"
path = "/api/"
)") == one);
  CHECK(of_toml(text + "[[sites]]\nname = \"b\"\nhostname = \"b.example\"\nport = 8081\n") == one);
  CHECK(at(read_json_text(R"({"sites": [{"name": "main", "hostname": "example.com", "port": 8080, "shared": true,
    "proxy": {"enabled": true, "upstreams": [{"name": "backend", "url": "http://127.0.0.1:3001"}],
    "routes": [{"path": "/api/", "upstream": "backend"}]}}]})"),
           "*:8080") == one);
}

TEST_CASE("port_fingerprints: what sites of the place say changes them, and what all sites begin with") {
  const std::string text = shared_proxy();
  const std::uint64_t one = of_toml(text);
  CHECK(of_toml(text + "[[sites.proxy.routes]]\npath = \"/more/\"\nupstream = \"backend\"\n") != one);
  CHECK(of_toml(text + "[[sites]]\nname = \"b\"\nhostname = \"b.example\"\nport = 8080\nshared = true\n" +
                "default = true\n") != one);
  CHECK(of_toml("[limits]\nmax_body = 7\n" + text) != one);
  CHECK(of_toml("[requests]\nretries = 1\n" + text) != one);
}

TEST_CASE("port_fingerprints: only shared places have one, all places of a site the same") {
  const std::string more = "[[sites]]\nname = \"b\"\nhostname = \"b.example\"\nlisten = [\"*:8081\", \"*:8082\"]\n";
  const std::string service = "[[tcp]]\nname = \"t\"\nlisten = [\"127.0.0.1:7000\"]\nservers = [\"127.0.0.1:70\"]\n";
  CHECK(read_toml_text(kProxy + more + service).port_fingerprints.empty());
  const FileReading reading = read_toml_text(kProxy + more + "shared = true\n" + service);
  CHECK(at(reading, "*:8081") == at(reading, "*:8082"));
  CHECK(reading.port_fingerprints.size() == 2);
}

TEST_CASE("port_fingerprints: of a node file they are about the transport and its worker's backends") {
  const std::uint64_t one = of_node(kProxyWorker);
  CHECK(of_node(in_node(kProxyWorker)) == one);
  CHECK(of_node(in_node(std::string(kProxyWorker) + ", " + kProxyWorker)) == one);
  CHECK(of_node(worker_with("\"type\": \"web\"", "\"type\": \"web\", \"id\": \"other\"")) == one);
  CHECK(of_node(worker_with("../web", "../other")) != one);
  CHECK(
      of_node(worker_with("\"options\": {},", R"("backends": [{"realm": "r", "type": "rawsocket", "serializer": "cbor",
    "endpoint": {"type": "unix", "path": "a"}}],)")) != one);
}

TEST_CASE("port_fingerprints: secrets are not in them") {
  const auto with_ticket = [](const std::string& ticket) {
    return of_node(
        worker_with("\"serializers\": [\"cbor\", \"msgpack\", \"json\"],",
                    R"("auth": {"ticket": {"principals": {"joe": {"role": "r", "ticket": ")" + ticket + "\"}}}},"));
  };
  CHECK(with_ticket("one") == with_ticket("two"));
  CHECK(with_ticket("one") != of_node(kProxyWorker));
}
