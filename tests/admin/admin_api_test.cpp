#include "router/admin/admin_api.h"

#include <doctest/doctest.h>

#include "router/admin/change_reader.h"

using namespace zeroway;

namespace {

// What is said wrong, and what the error says of it.
struct Wrong {
  std::string said, why;
};

AdminRequest request_of(const std::string& method, const std::string& target, const std::string& body = "") {
  AdminRequest request;
  request.method = method;
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) request.query = target.substr(mark + 1);
  request.content_type = "application/json; charset=utf-8";
  request.body = body;
  return request;
}

int status_of(const std::string& method, const std::string& path, const std::string& body = "") {
  const AdminStep step = step_of(request_of(method, path, body));
  const auto* reply = std::get_if<AdminReply>(&step);
  return reply == nullptr ? 0 : reply->status;
}

Change change_of(const std::string& path, const std::string& body) {
  const AdminStep step = step_of(request_of("PATCH", path, body));
  REQUIRE(std::holds_alternative<Change>(step));
  return std::get<Change>(step);
}

}  // namespace

TEST_CASE("admin api: the index names every path, and every path asks the loops") {
  const AdminStep step = step_of(request_of("GET", "/"));
  const std::string index = std::get<AdminReply>(step).body;
  for (const char* path :
       {"/health",           "/health/livez",        "/health/readyz",    "/health/status",   "/metrics",
        "/api/v1/version",   "/api/v1/numbers",      "/api/v1/listeners", "/api/v1/sites",    "/api/v1/routes",
        "/api/v1/upstreams", "/api/v1/servers",      "/api/v1/workers",   "/api/v1/streams",  "/api/v1/wamp",
        "/api/v1/requests",  "/api/v1/certificates", "/api/v1/limits",    "/api/v1/counters", "/api/v1/config",
        "/api/v1/log"}) {
    CHECK_MESSAGE(index.find(std::string("\"") + path + "\"") != std::string::npos, path);
    CHECK_MESSAGE(std::holds_alternative<Ask>(step_of(request_of("GET", path))), path);
    CHECK_MESSAGE(status_of("POST", path) == 405, path);
  }
  CHECK(index.find("\"PATCH /api/v1/workers/NAME\"") != std::string::npos);
  CHECK(index.find("\"DELETE /api/v1/workers/NAME/streams\"") != std::string::npos);
  CHECK(index.find("\"DELETE /api/v1/streams/ID\"") != std::string::npos);
}

TEST_CASE("admin api: paths and methods that are not there") {
  CHECK(status_of("GET", "/nowhere") == 404);
  CHECK(status_of("DELETE", "/nowhere") == 404);
  CHECK(status_of("GET", "/api/v1/reload") == 405);
  CHECK(status_of("PUT", "/api/v1/reload") == 405);
  CHECK(status_of("GET", "/api/v1/workers/a") == 405);
  CHECK(status_of("DELETE", "/api/v1/workers/a") == 405);
}

TEST_CASE("admin api: a change of a worker says what and whose") {
  const Change change = change_of("/api/v1/workers/a%20b%2Fc", R"({"held": true, "weight": 7})");
  CHECK(change.kind == Change::Kind::worker);
  CHECK(change.members.front() == "a b/c");
  CHECK(change.to.held == true);
  CHECK(change.to.weight == 7);
  const Change release = change_of("/api/v1/servers/10.0.0.1:80", R"({"held": false})");
  CHECK(release.kind == Change::Kind::server);
  CHECK(release.to.held == false);
  CHECK_FALSE(release.to.weight);
}

TEST_CASE("admin api: a wrong change names the key, the value and what fits") {
  for (const Wrong& wrong : std::vector<Wrong>{{"", "the body is no JSON"},
                                               {"{", "the body is no JSON"},
                                               {"[]", "the body is no JSON object"},
                                               {"{}", "the body says neither held nor weight"},
                                               {R"({"held": 1})", "held = 1: wants true or false"},
                                               {R"({"weight": "x"})", "weight = \"x\": wants a number from 0 to 1000"},
                                               {R"({"weight": -1})", "weight = -1: wants a number from 0 to 1000"},
                                               {R"({"weight": 1001})", "weight = 1001: wants a number from 0 to 1000"},
                                               {R"({"weight": 1.5})", "weight = 1.5: wants a number from 0 to 1000"},
                                               {R"({"wait": 1})", "'wait' is no key: there are held and weight"}}) {
    const auto read = read_member_change(wrong.said);
    REQUIRE_MESSAGE(!read, wrong.said);
    CHECK(read.error().detail == wrong.why);
    CHECK(status_of("PATCH", "/api/v1/workers/a", wrong.said) == 400);
  }
  CHECK(change_of("/api/v1/servers/a", R"({"weight": 1})").to.weight == 1);
  AdminRequest form = request_of("PATCH", "/api/v1/workers/a", R"({"held": true})");
  form.content_type = "text/plain";
  CHECK(std::get<AdminReply>(step_of(form)).status == 415);
}

TEST_CASE("admin api: requests, events and streams by their parameters") {
  CHECK(std::get<Ask>(step_of(request_of("GET", "/api/v1/requests?failed=1000&slow=0"))).question.scope ==
        CensusScope::requests);
  CHECK(std::get<Ask>(step_of(request_of("GET", "/api/v1/streams"))).question.scope == CensusScope::streams);
  const AdminStep wamp = step_of(request_of("GET", "/api/v1/wamp?realm=a&worker=w%2F1&limit=5"));
  CHECK(std::get<Ask>(wamp).question.scope == CensusScope::wamp);
  CHECK(std::get<Ask>(wamp).question.wamp.realm == "a");
  CHECK(std::get<Ask>(wamp).question.wamp.worker == "w/1");
  CHECK(std::get<Ask>(wamp).question.wamp.most == 5);
  CHECK(std::get<Watch>(step_of(request_of("GET", "/api/v1/events?after=17"))).after == 17);
  AdminRequest resumed = request_of("GET", "/api/v1/events?after=17");
  resumed.last_event_id = "20";
  CHECK_MESSAGE(std::get<Watch>(step_of(resumed)).after == 20, "a browser that resumes repeats the first query");
  const AdminStep step = step_of(request_of("DELETE", "/api/v1/streams/3-4294967297"));
  const Change& close = std::get<Change>(step);
  CHECK(close.kind == Change::Kind::close_stream);
  CHECK(close.loop == 3);
  CHECK(close.stream == 4294967297);
  const AdminStep all = step_of(request_of("DELETE", "/api/v1/workers/w%2F1/streams"));
  CHECK(std::get<Change>(all).kind == Change::Kind::close_of);
  CHECK(std::get<Change>(all).members.front() == "w/1");
}

TEST_CASE("admin api: a wrong parameter is named, with its value and what fits") {
  for (const Wrong& wrong : std::vector<Wrong>{
           {"/api/v1/requests?failed=1001", "failed = 1001: wants a number from 0 to 1000"},
           {"/api/v1/requests?slow=x", "slow = x: wants a number from 0 to 100"},
           {"/api/v1/requests?quick=1", "/api/v1/requests: there is no parameter 'quick'"},
           {"/api/v1/wamp?user=joe", "/api/v1/wamp: there is no parameter 'user'"},
           {"/api/v1/wamp?limit=0", "limit = 0: wants a number from 1 to 1000"},
           {"/api/v1/wamp?limit=1001", "limit = 1001: wants a number from 1 to 1000"},
           {"/api/v1/wamp?limit=-1", "limit = -1: wants a number from 1 to 1000"},
           {"/api/v1/wamp?after=1-2", "after = 1-2: wants what `next` of an answer says"},
           {"/api/v1/wamp?after=1-2-3-4", "after = 1-2-3-4: wants what `next` of an answer says"},
           {"/api/v1/wamp?after=", "after = : wants what `next` of an answer says"},
           {"/api/v1/workers?name=x", "/api/v1/workers: there is no parameter 'name'"},
           {"/api/v1/events?after=last", "after = last: wants the id of an event, a number"},
           {"/api/v1/explain",
            "url is missing: explain?url=http://HOST/PATH, and perhaps method, client, certificate=1"},
           {"/api/v1/explain?url=ftp://x/",
            "url = ftp://x/: wants http://, https://, ws:// or wss://, a host and a path"},
           {"/api/v1/explain?url=http:///x", "url = http:///x: wants a host, and no user"},
           {"/api/v1/explain?url=http://u@x/", "url = http://u@x/: wants a host, and no user"},
           {"/api/v1/explain?url=http://x/&method=G%20T", "method = G T: wants the name of a method, as GET"},
           {"/api/v1/explain?url=http://x/&client=me", "client = me: wants a numeric address"},
           {"/api/v1/explain?url=http://x/&certificate=yes", "certificate = yes: wants 0 or 1"}}) {
    const AdminStep step = step_of(request_of("GET", wrong.said));
    const auto* reply = std::get_if<AdminReply>(&step);
    REQUIRE_MESSAGE(reply != nullptr, wrong.said);
    CHECK_MESSAGE(reply->status == 400, wrong.said);
    CHECK_MESSAGE(reply->body.find(wrong.why) != std::string::npos, reply->body);
  }
  CHECK(status_of("DELETE", "/api/v1/streams/x") == 400);
  CHECK(status_of("DELETE", "/api/v1/streams/1-2-3") == 400);
  CHECK(status_of("DELETE", "/api/v1/streams/") == 404);
}

TEST_CASE("admin api: the level of the log changes for a time only") {
  const AdminStep step = step_of(request_of("PATCH", "/api/v1/log", R"({"level": "debug", "seconds": 600})"));
  const Change& change = std::get<Change>(step);
  CHECK(change.kind == Change::Kind::log_level);
  CHECK(change.is_debug);
  CHECK(change.time == std::chrono::seconds(600));
  for (const Wrong& wrong :
       std::vector<Wrong>{{R"({"level": "debug"})", "the body must say level and seconds"},
                          {R"({"level": "trace", "seconds": 1})", "level = \"trace\": wants \"debug\" or \"info\""},
                          {R"({"level": "info", "seconds": 0})", "seconds = 0: wants a number from 1 to 3600"},
                          {R"({"level": "info", "seconds": 3601})", "seconds = 3601: wants a number from 1 to 3600"},
                          {R"({"level": "info", "for": 1})", "'for' is no key: there are level and seconds"}}) {
    const auto read = read_log_change(wrong.said);
    REQUIRE_MESSAGE(!read, wrong.said);
    CHECK(read.error().detail == wrong.why);
  }
  CHECK(status_of("PUT", "/api/v1/log") == 405);
  CHECK(std::holds_alternative<Ask>(step_of(request_of("GET", "/api/v1/log"))));
}
