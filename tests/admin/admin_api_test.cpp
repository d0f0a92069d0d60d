#include "router/admin/admin_api.h"

#include <doctest/doctest.h>

#include "router/admin/change_reader.h"

using namespace zeroway;

namespace {

AdminRequest request_of(const std::string& method, const std::string& path, const std::string& body = "") {
  AdminRequest request;
  request.method = method;
  request.path = path;
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
       {"/health", "/health/livez", "/health/readyz", "/health/status", "/metrics", "/api/v1/version",
        "/api/v1/listeners", "/api/v1/sites", "/api/v1/routes", "/api/v1/upstreams", "/api/v1/servers",
        "/api/v1/workers", "/api/v1/certificates", "/api/v1/counters"}) {
    CHECK_MESSAGE(index.find(std::string("\"") + path + "\"") != std::string::npos, path);
    CHECK_MESSAGE(std::holds_alternative<WriteReply>(step_of(request_of("GET", path))), path);
    CHECK_MESSAGE(status_of("POST", path) == 405, path);
  }
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
  CHECK(change.kind == Change::Kind::member);
  CHECK(change.member == "a b/c");
  CHECK(change.to.held == true);
  CHECK(change.to.weight == 7);
  const Change release = change_of("/api/v1/servers/10.0.0.1:80", R"({"held": false})");
  CHECK(release.to.held == false);
  CHECK_FALSE(release.to.weight);
}

TEST_CASE("admin api: a wrong change names the key, the value and what fits") {
  for (const auto& [body, why] : std::vector<std::pair<std::string, std::string>>{
           {"", "the body is no JSON"},
           {"{", "the body is no JSON"},
           {"[]", "the body is no JSON object"},
           {"{}", "the body says neither held nor weight"},
           {R"({"held": 1})", "held = 1: wants true or false"},
           {R"({"weight": "x"})", "weight = \"x\": wants a number from 0 to 1000000"},
           {R"({"weight": -1})", "weight = -1: wants a number from 0 to 1000000"},
           {R"({"weight": 1000001})", "weight = 1000001: wants a number from 0 to 1000000"},
           {R"({"weight": 1.5})", "weight = 1.5: wants a number from 0 to 1000000"},
           {R"({"wait": 1})", "'wait' is no key: there are held and weight"}}) {
    const auto read = read_member_change(body);
    REQUIRE_MESSAGE(!read, body);
    CHECK(read.error().detail == why);
    CHECK(status_of("PATCH", "/api/v1/workers/a", body) == 400);
  }
  CHECK(status_of("PATCH", "/api/v1/servers/a", R"({"weight": 1})") == 422);
  AdminRequest form = request_of("PATCH", "/api/v1/workers/a", R"({"held": true})");
  form.content_type = "text/plain";
  CHECK(std::get<AdminReply>(step_of(form)).status == 415);
}
