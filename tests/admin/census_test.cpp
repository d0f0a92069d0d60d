#include "router/admin/census.h"

#include <doctest/doctest.h>

#include "router/admin/census_json.h"
#include "tests/admin/census_of.h"

using namespace zeroway;

namespace {

LaneCensus lane_of(std::uint64_t requests) {
  LaneCensus lane;
  lane.counters.requests = requests;
  lane.tallies[{"", "", "fabric"}].requests[0][2] = requests;
  lane.members = census_of(1, 1).members;
  lane.members[0].taken = requests;
  lane.members[1].open = 7;  // of all loops
  lane.ready = {true};
  return lane;
}

}  // namespace

TEST_CASE("census: what loops counted is summed, and a worker of two loops is one worker") {
  Census census = census_of(0, 0);
  census.add(lane_of(3), 0);
  census.add(lane_of(4), 1);
  CHECK(census.counters.requests == 7);
  CHECK(census.tallies[{"", "", "fabric"}].total() == 7);
  REQUIRE(census.members.size() == 2);
  CHECK(census.members[0].taken == 7);
  CHECK(census.members[0].open == 2);
  CHECK(census.members[0].capacity == 20);
  CHECK_MESSAGE(census.members[1].open == 7, "all loops share the pools of servers");
}

TEST_CASE("census: a worker has an instance on each loop, and is known by its process") {
  Census census = census_of(0, 0);
  LaneCensus second = lane_of(1);
  second.members[0].instance = "worker-0#2";
  census.add(lane_of(1), 0);
  census.add(std::move(second), 1);
  REQUIRE(census.members.size() == 2);
  CHECK(census.members[0].instance == "worker-0#1");
  CHECK(census.members[0].other_instances == std::vector<std::string>{"worker-0#2"});
}

TEST_CASE("census: two workers of one loop are two, also when containers give them the same process number") {
  Census census = census_of(0, 0);
  for (std::size_t loop = 0; loop < 2; ++loop) {
    LaneCensus lane;
    lane.members = {census_of(1, 0).members[0], census_of(1, 0).members[0]};
    census.add(std::move(lane), loop);
  }
  REQUIRE(census.members.size() == 2);
  CHECK(census.members[0].capacity == 20);
  CHECK(census.members[1].capacity == 20);
}

TEST_CASE("census: a worker that one loop holds back is not fit") {
  Census census = census_of(0, 0);
  LaneCensus held = lane_of(1);
  held.members[0].is_fit = false;
  held.members[0].state = "held";
  census.add(lane_of(1), 0);
  census.add(std::move(held), 1);
  CHECK_FALSE(census.members[0].is_fit);
  CHECK(census.members[0].state == "held");
}

TEST_CASE("census: the router is ready while it does not drain and somebody can answer") {
  Census census = census_of(1, 0);
  CHECK(census.is_ready());
  census.is_draining = true;
  std::string why;
  CHECK_FALSE(census.is_ready(&why));
  CHECK(why == "draining");
  CHECK_FALSE(census_of(0, 0).is_ready(&why));
  CHECK(why == "no backend is there");
}

TEST_CASE("census: as JSON") {
  const Census census = census_of(1, 1);
  CHECK(workers_json(census) ==
        "{\"workers\":[{\"name\":\"worker-0\",\"instance\":\"worker-0#1\",\"group\":\"\",\"address\":\"\","
        "\"state\":\"ready\",\"fit\":true,\"weight\":1,\"capacity\":10,\"open\":1,\"requests\":0,\"failures\":0,"
        "\"here_for_seconds\":0,\"serves\":[]}]}\n");
  CHECK(servers_json(census).find("\"pool\":\"pool\"") != std::string::npos);
  CHECK(version_json(census).find("\"version\":\"1.2.3\"") != std::string::npos);
  CHECK(health_json(census).starts_with("{\"status\":\"ok\",\"ready\":true"));
}
