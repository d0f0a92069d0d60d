#include <doctest/doctest.h>
#include <zeroway/testing.h>

#include <nlohmann/json.hpp>

#include "examples/httpbin-worker/answers.h"
#include "examples/httpbin-worker/streams.h"

using Json = nlohmann::json;

namespace {

struct Httpbin : zeroway::Worker {
  Httpbin() : Worker(zeroway::WorkerOptions{}) {
    register_answers(*this);
    register_streams(*this);
  }
};

}  // namespace

TEST_CASE("httpbin: a request is described, decoded") {
  Httpbin worker;
  zeroway::TestClient client(worker);
  const auto reply = client.get("/get?a=1&b=2&b=%C3%A4+x", {{"x-request-id", "seven"}});
  CHECK(reply.field("content-type") == "application/json");
  const Json shown = Json::parse(reply.body);
  CHECK(shown["args"] == Json{{"a", "1"}, {"b", {"2", "\xc3\xa4 x"}}});
  CHECK(shown["headers"]["X-Request-Id"] == "seven");
  CHECK(shown["url"] == "http://test/get?a=1&b=2&b=%C3%A4+x");
  CHECK(shown["origin"] == "127.0.0.1");
  CHECK(Json::parse(client.get("/cookies", {{"cookie", "a=1; b=2"}}).body)["cookies"] == Json{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("httpbin: forms, files and JSON are told apart") {
  Httpbin worker;
  zeroway::TestClient client(worker);
  const Json form =
      Json::parse(client.post("/post", "a=1&b=x+y", {{"content-type", "application/x-www-form-urlencoded"}}).body);
  CHECK(form["form"] == Json{{"a", "1"}, {"b", "x y"}});
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; "
      "name=\"f\"; "
      "filename=\"n\"\r\n\r\nbytes\r\n--b--\r\n";
  const Json parts = Json::parse(client.put("/put", body, {{"content-type", "multipart/form-data; boundary=b"}}).body);
  CHECK(parts["form"] == Json{{"a", "1"}});
  CHECK(parts["files"] == Json{{"f", "bytes"}});
  CHECK(Json::parse(client.patch("/patch", R"({"x":[1]})").body)["json"]["x"][0] == 1);
}

TEST_CASE("httpbin: statuses, redirects and numbers that are none") {
  Httpbin worker;
  zeroway::TestClient client(worker);
  CHECK(client.get("/status/418").status == 418);
  CHECK(client.get("/redirect/3").field("location") == "/redirect/2");
  CHECK(client.get("/redirect/1").field("location") == "/get");
  for (const char* path : {"/status/99", "/status/x", "/redirect/0", "/bytes/-1"})
    CHECK(client.get(path).status == 400);
  CHECK(client.del("/get").status == 405);
}

TEST_CASE("httpbin: what takes time takes none here, and streams stream") {
  Httpbin worker;
  zeroway::TestClient client(worker);
  CHECK(client.get("/delay/3600").status == 200);
  CHECK(client.get("/drip?duration=1000&numbytes=20").body == std::string(20, '*'));
  const auto events = client.get("/sse?count=3&interval=10000");
  CHECK(events.body == "id: 0\ndata: event 0\n\nid: 1\ndata: event 1\n\nid: 2\ndata: event 2\n\n");
  CHECK(client.get("/sse?count=3", {{"last-event-id", "2"}}).status == 204);
  CHECK(client.get("/early-hints").interims.at(0).status == 103);
  CHECK(client.get("/abort").is_broken);
  auto echo = client.open("POST", "/echo");
  CHECK(echo.send("first").read() == "first");
  CHECK(echo.send("second").end().reply().body == "second");
  const auto trailers = client.open("POST", "/trailers").send("x").end({{"x-sum", "1"}}).reply();
  CHECK(Json::parse(trailers.body)["trailers"]["x-sum"] == "1");
  CHECK(trailers.trailer("x-trailer") == "the end");
  CHECK(client.get("/bytes/300000?seed=1").body == client.get("/stream-bytes/300000?seed=1&chunk_size=7").body);
}
