#include "router/circuits/circuit_pool.h"

#include <doctest/doctest.h>

#include "router/circuits/circuit_json.h"

using namespace zeroway;

namespace {

CircuitSpec circuit(const std::string& id, const std::string& more) {
  auto read = read_circuit(id, R"({"session": "s", "service": "a", )" + more + "}");
  REQUIRE_MESSAGE(read.has_value(), read.error().detail);
  return *read;
}

}  // namespace

TEST_CASE("circuit pool: servers of all circuits are in it once, and the last one says the rest") {
  const CircuitSpec one = circuit("one", R"("backends": [{"host": "a", "port": 1}, {"host": "b", "port": 2}])");
  const CircuitSpec two =
      circuit("two", R"("backends": [{"host": "b", "port": 2, "weight": 7}, {"host": "c", "port": 3}],
                                            "connect_timeout": "2s", "health": {"type": "tcp"})");
  const CircuitSpec* specs[] = {&one, &two};
  const PoolSpec pool = pool_of(specs);
  REQUIRE(pool.servers.size() == 3);
  CHECK(pool.servers[1].weight == 7);
  CHECK(pool.servers[2].name == "c:3");
  CHECK(pool.name == "/s/a");
  CHECK(pool.times.connect == std::chrono::seconds(2));
  CHECK(pool.times.read == std::chrono::seconds(0));  // a notebook that waits for its user is well
  CHECK(pool.health.probe == HealthSpec::Probe::tcp);
  CHECK(pool.balance == BalanceMethod::weighted);
}

TEST_CASE("circuit pool: by address or field when it is sticky so") {
  const CircuitSpec by_address = circuit("x", R"("sticky": "address")");
  const CircuitSpec by_field = circuit("x", R"("sticky": "header:X-User")");
  const CircuitSpec* specs[] = {&by_address};
  CHECK(pool_of(specs).balance == BalanceMethod::ip_hash);
  specs[0] = &by_field;
  CHECK(pool_of(specs).hash_field == "x-user");
}

TEST_CASE("circuit pool: what cannot be served is told with the circuit's id") {
  CircuitChange change;
  change.put = {circuit("one", R"("backends": [{"host": "a", "port": 1, "weight": 0}])"),
                circuit("two", R"("backends": [])")};
  CHECK(check_circuits(change).has_value());
  change.put.push_back(change.put[0]);
  CHECK(check_circuits(change).error().detail == "circuit one is put twice");
}
