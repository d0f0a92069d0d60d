#include "router/circuits/circuit_json.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {

std::string error_of(const std::string& more) {
  const auto read = read_circuit("x", R"({"session": "s", "service": "a", )" + more + "}");
  return read ? "" : read.error().detail;
}

}  // namespace

TEST_CASE("circuit json: what is said is read, and written so that it reads the same") {
  const auto read = read_circuit("i-1", R"({
    "session": "s1", "service": "jupyter", "protocol": "https", "owner": "o", "subdomain": "notes",
    "backends": [{"host": "10.0.0.7", "port": 8888, "weight": 3, "state": "standby", "max_conns": 5},
                 {"host": "[::1]", "port": 1}, {"host": "kernel.example", "port": 65535, "weight": 0}],
    "health": {"type": "http", "path": "/h?x", "interval": "2s", "timeout": 1.5, "initial_delay": 60, "fall": 4, "rise": 2,
               "expected_status": [200, 204]},
    "sticky": "header:X-User", "strip_prefix": false, "rewrite_location": true, "open_to_public": false,
    "allowed_client_ips": ["10.0.0.0/8", "::1"], "user": "u", "connect_timeout": "3s", "drain_timeout": 0,
    "idle_timeout": "1h", "idle_ignores": ["/api/status", "/metrics/*", "/kernels/{id}"]})");
  REQUIRE_MESSAGE(read.has_value(), read.error().detail);
  CHECK(read->path() == "/s1/jupyter");
  REQUIRE(read->servers.size() == 3);
  CHECK(read->servers[0].name == "10.0.0.7:8888");
  CHECK(read->servers[0].state == ServerSpec::State::standby);
  CHECK(read->servers[0].scheme == ServerSpec::Scheme::https);
  CHECK(read->servers[1].name == "[::1]:1");
  CHECK(read->servers[1].host == "::1");
  CHECK(read->health.is_active);
  CHECK(read->health.timeout == std::chrono::milliseconds(1'500));
  CHECK(read->health.retries == 4);
  CHECK(read->health.expected.size() == 2);
  CHECK(read->sticky->field == "x-user");
  CHECK(read->strip_prefix == false);
  CHECK_FALSE(read->rewrite_cookie_path.has_value());
  CHECK(read->idle_timeout == std::chrono::hours(1));
  CHECK(read->idle_ignores == std::vector<std::string>{"/api/status", "/metrics/*", "/kernels/{id}"});
  const auto again = read_circuit("i-1", circuit_json(*read));
  REQUIRE_MESSAGE(again.has_value(), again.error().detail);
  CHECK(*again == *read);
}

TEST_CASE("circuit json: what need not be said has its usual value") {
  const auto read = read_circuit("x", R"({"session": "s", "service": "a"})");
  REQUIRE(read.has_value());
  CHECK(read->protocol == CircuitSpec::Protocol::http);
  CHECK_FALSE(read->health.is_active);
  CHECK_FALSE(read->sticky.has_value());
  CHECK_FALSE(read->open_to_public.has_value());
  CHECK(*read_circuit("x", circuit_json(*read)) == *read);
  CHECK(read_circuit("x", R"({"session": "s", "service": "a", "sticky": null, "health": null, "strip_prefix": null})")
            .has_value());
}

TEST_CASE("circuit json: what a probe does not use is kept, too") {
  const auto read = read_circuit(
      "x", R"({"session": "s", "service": "a", "health": {"type": "grpc", "path": "/h", "expected_status": [204]}})");
  REQUIRE(read.has_value());
  CHECK(*read_circuit("x", circuit_json(*read)) == *read);
}

TEST_CASE("circuit json: a wrong value is named, with what fits") {
  CHECK(error_of(R"("protocol": "x")").starts_with(R"(protocol = "x": wants one of "http")"));
  CHECK(error_of(R"("backends": {})") == "backends = {}: wants a list of at most 64");
  CHECK(error_of(R"("backends": [{"host": "a b", "port": 1}])").starts_with(R"(host = "a b": wants an address)"));
  CHECK(error_of(R"("backends": [{"host": "a", "port": 1.5}])") == "port = 1.5: wants a number from 1 to 65535");
  CHECK(error_of(R"("backends": [{"host": "a", "port": 1, "x": 1}])").starts_with("'x' is no key of a backend"));
  CHECK(
      error_of(R"("health": {"interval": "1ms"})").starts_with("health: interval = \"1ms\": wants a time of at least"));
  CHECK(error_of(R"("health": {"expected_status": [99]})").find("wants statuses from 100 to 599") != std::string::npos);
  CHECK(error_of(R"("strip_prefix": 1)") == "strip_prefix = 1: wants true or false");
  CHECK(error_of(R"("sticky": "header:a b")").find("the name of a field") != std::string::npos);
  CHECK(error_of(R"("subdomain": "A")").find("one label") != std::string::npos);
  CHECK(error_of(R"("allowed_client_ips": ["10.0.0.0/33"])").find("wants an address or a network") !=
        std::string::npos);
  CHECK(error_of(R"("user": 1)").starts_with("user = 1"));
  CHECK(error_of(R"("idle_ignores": "/x")") == "idle_ignores = \"/x\": wants a list of at most 64 paths");
  CHECK(error_of(R"("idle_ignores": [1])") == "idle_ignores = 1: wants a path, as \"/api/status\"");
  CHECK(error_of(R"("idle_ignores": ["x"])") == "idle_ignores: path \"x\" is not visible ASCII that starts with '/'");
  CHECK(read_circuit("x", "[").error().detail == "the text is no JSON");
  CHECK(read_circuit("x", "[]").error().detail == "a circuit is a JSON object");
  CHECK(read_circuit("x", R"({"session": "s"})").error().detail == "circuit x: it must say session and service");
  CHECK_FALSE(read_circuit("x", std::string(100'000, '[')).has_value());
}

TEST_CASE("circuit json: ids are names of files, too") {
  for (const char* id : {"a", "A-1_x.y~z", "0f7e9f34-0000-4000-8000-000000000000"})
    CHECK_MESSAGE(is_circuit_id(id), id);
  for (const char* id : {"", ".", "..", ".a", "a/b", "a b", "\xc3\xa4"}) CHECK_FALSE_MESSAGE(is_circuit_id(id), id);
  CHECK(is_circuit_id(std::string(128, 'a')));
  CHECK_FALSE(is_circuit_id(std::string(129, 'a')));
}

TEST_CASE("circuit json: a change of many") {
  const auto change = read_circuit_change(
      R"({"put": [{"id": "a", "session": "s", "service": "x"}, {"id": "b", "session": "s", "service": "y", "owner": "me"}],
          "remove": ["c"], "replace": true, "owner": "o"})");
  REQUIRE_MESSAGE(change.has_value(), change.error().detail);
  CHECK(change->put.size() == 2);
  CHECK(change->put[0].owner == "o");
  CHECK(change->put[1].owner == "me");
  CHECK(change->removed == std::vector<std::string>{"c"});
  CHECK(change->replaces);
  CHECK(read_circuit_change(R"({"put": [{"session": "s", "service": "x"}]})").error().detail ==
        "put[0]: a circuit has no id");
  CHECK(read_circuit_change(R"({"puts": []})").error().detail.starts_with("'puts' is no key of a change"));
  CHECK(read_circuit_change(R"({"remove": [1]})").error().detail == "remove = 1: wants the id of a circuit");
  CHECK(read_circuit_change("[]").error().detail == "the body is no JSON object");
}
