#include "router/admin/census.h"

#include <doctest/doctest.h>

#include "router/admin/census_json.h"
#include "router/admin/wamp_json.h"
#include "router/admin/wamp_question.h"
#include "router/observe/limits.h"
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

namespace {

OpenSession session_of(const std::string& realm, std::chrono::milliseconds age) {
  OpenSession session;
  session.request.key = 7;
  session.request.site = "main";
  session.request.route = "/ws";
  session.request.host = "shop.test";
  session.request.path = "/ws?a=1";
  session.request.address = "192.0.2.1";
  session.request.protocol = "HTTP/2";
  session.request.age = age;
  session.facts.came = Time(std::chrono::seconds(1'000) - age);
  session.facts.state = WampSessionFacts::State::joined;
  session.facts.realm = realm;
  session.facts.serializer = Serializer::cbor;
  session.facts.backend = Serializer::json;
  session.facts.worker = "worker-1";
  session.facts.authid = "joe";
  session.facts.authrole = "frontend";
  session.facts.from_client = {3, 100};
  session.facts.to_client = {4, 200};
  return session;
}

}  // namespace

TEST_CASE("census: clients of WAMP of all loops, the oldest first") {
  using namespace std::chrono_literals;
  Census census = census_of(0, 0);
  LaneCensus first, second;
  first.sessions.push_back(session_of("young", 10ms));
  first.sessions.back().facts.place = 3;
  first.wamp.open = 1;
  second.sessions.push_back(session_of("old", 2500ms));
  second.wamp.open = 1;
  census.add(std::move(first), 0);
  census.add(std::move(second), 1);
  const std::string text = wamp_json(census, 2);
  CHECK(text.starts_with(R"({"sessions":[{"id":"1-7","site":"main","route":"/ws","host":"shop.test","path":"/ws?a=1",)"
                         R"("address":"192.0.2.1","protocol":"HTTP/2","state":"joined","realm":"old",)"
                         R"("serializer":"cbor","backend_serializer":"json","worker":"worker-1","authid":"joe",)"
                         R"("authrole":"frontend","messages_in":3,"messages_out":4,"bytes_in":100,"bytes_out":200,)"
                         R"("age_ms":2500.000},{"id":"0-7",)"));
  CHECK(text.ends_with("\"age_ms\":10.000}],\"next\":\"\",\"all\":2}\n"));
  CHECK(wamp_json(census, 1).ends_with("\"age_ms\":2500.000}],\"next\":\"997500000000-1-0\",\"all\":2}\n"));
}

TEST_CASE("census: a client of WAMP is taken by what was asked for, and by its place") {
  using namespace std::chrono_literals;
  const WampSessionFacts facts = [] {
    WampSessionFacts all = session_of("realm1", 500ms).facts;
    all.place = 7;
    return all;
  }();
  const auto takes = [&](std::string_view query) { return read_wamp_choice(query)->takes(facts, 1); };
  CHECK(takes(""));
  CHECK(takes("realm=realm1&authid=joe&worker=worker-1"));
  CHECK_FALSE(takes("realm=realm2&authid=joe&worker=worker-1"));
  CHECK_FALSE(takes("realm=realm1&authid=&worker=worker-1"));
  CHECK_FALSE(takes("realm=realm1&authid=joe&worker=worker-"));
  CHECK_MESSAGE(!takes("after=999500000000-1-7"), "it is that client itself");
  CHECK(takes("after=999500000000-1-6"));
  CHECK(takes("after=999500000000-0-8"));
  CHECK_FALSE(takes("after=999500000000-2-0"));
  CHECK(takes("after=999499999999-2-8"));
  CHECK_FALSE(takes("after=999500000001-0-0"));
  CHECK(to_text(read_wamp_choice("after=18-0-3")->after) == "18-0-3");
  CHECK(read_wamp_choice("limit=17")->most == 17);
  CHECK(read_wamp_choice("")->most == kMostWampClients);
}
