#include "router/trace/request_spans.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace zeroway;
using Json = nlohmann::json;

namespace {

class Numbered final : public SpanIds {
 public:
  SpanId new_span() override { return ++last_; }

 private:
  SpanId last_ = 0x100;
};

constexpr Time kBegan{std::chrono::hours(1)};

struct Request {
  RequestTrace trace{.trace = {0x4bf92f3577b34da6, 0xa3ce929d0e0e4736},
                     .caller = 0xca11,
                     .span = 0x5e,
                     .first_attempt = 0xa1,
                     .is_sampled = true,
                     .has_caller = true};
  RequestRecord record{.ended = WallTime{std::chrono::seconds(1'000'000)},
                       .address = "192.0.2.1",
                       .peer = "10.0.0.1",
                       .site = "shop",
                       .scheme = "https",
                       .method = "GET",
                       .host = "a.test:8443",
                       .path = "/api/x?secret=1",
                       .protocol = "HTTP/2",
                       .status = 200,
                       .bytes_out = 7,
                       .user_agent = "agent \"1\"",
                       .route = "/api",
                       .pool = "api",
                       .worker = "10.0.0.7:3001",
                       .attempts = 1,
                       .request_id = "r1"};
  std::vector<AttemptSpan> attempts{{.id = 0xa1,
                                     .opened = kBegan + std::chrono::milliseconds(1),
                                     .accepted = kBegan + std::chrono::milliseconds(3),
                                     .over = kBegan + std::chrono::milliseconds(10),
                                     .member = "10.0.0.7:3001",
                                     .status = 200}};
  bool tells_query = false;

  [[nodiscard]] Json spans() const {
    std::string text;
    Numbered ids;
    const auto count =
        append_spans(text, {trace, record, attempts, kBegan, kBegan + std::chrono::milliseconds(10), tells_query}, ids);
    Json all = Json::parse("[" + text + "]");
    CHECK(all.size() == count);
    return all;
  }
};

// Of an attribute, its value; null = the span has no such one.
Json value(const Json& span, const std::string& key) {
  for (const Json& one : span["attributes"])
    if (one["key"] == key) return one["value"].front();
  return nullptr;
}

std::uint64_t nanos(const Json& span) {
  return std::stoull(span["endTimeUnixNano"].get<std::string>()) -
         std::stoull(span["startTimeUnixNano"].get<std::string>());
}

}  // namespace

TEST_CASE("request spans: a server span, the attempt, its queue and its backend, each below its parent") {
  const Json spans = Request().spans();
  REQUIRE(spans.size() == 4);
  const Json &server = spans[0], &attempt = spans[1], &queue = spans[2], &backend = spans[3];
  for (const Json& span : spans) CHECK(span["traceId"] == "4bf92f3577b34da6a3ce929d0e0e4736");
  CHECK(server["spanId"] == "000000000000005e");
  CHECK(server["parentSpanId"] == "000000000000ca11");
  CHECK(server["kind"] == 2);
  CHECK(server["name"] == "GET /api");
  CHECK(server["endTimeUnixNano"] == "1000000000000000");
  CHECK(nanos(server) == 10'000'000);
  CHECK(attempt["parentSpanId"] == server["spanId"]);
  CHECK(attempt["kind"] == 3);
  CHECK(nanos(attempt) == 9'000'000);
  CHECK(queue["parentSpanId"] == attempt["spanId"]);
  CHECK(queue["kind"] == 1);
  CHECK(nanos(queue) + nanos(backend) == nanos(attempt));
  CHECK(backend["name"] == "backend");
  CHECK(server["status"].empty());
}

TEST_CASE("request spans: attributes have the names of the semantic conventions, and 64-bit numbers are text") {
  const Json spans = Request().spans();
  const Json &server = spans[0], &attempt = spans[1];
  CHECK(value(server, "http.request.method") == "GET");
  CHECK(value(server, "url.path") == "/api/x");
  CHECK(value(server, "url.query") == nullptr);
  CHECK(value(server, "url.scheme") == "https");
  CHECK(value(server, "http.response.status_code") == "200");
  CHECK(value(server, "http.route") == "/api");
  CHECK(value(server, "server.address") == "a.test");
  CHECK(value(server, "server.port") == "8443");
  CHECK(value(server, "client.address") == "192.0.2.1");
  CHECK(value(server, "network.protocol.version") == "2");
  CHECK(value(server, "user_agent.original") == "agent \"1\"");
  CHECK(value(server, "zeroway.request_id") == "r1");
  CHECK(value(attempt, "server.address") == "10.0.0.7");
  CHECK(value(attempt, "server.port") == "3001");
  Request asked;
  asked.tells_query = true;
  CHECK(value(asked.spans()[0], "url.query") == "secret=1");
}

TEST_CASE("request spans: what failed says so, and a client that went away is nobody's error") {
  Request lost;
  lost.record.status = 502;
  lost.record.reason = "backend_lost";
  lost.attempts[0].status = 0;
  lost.attempts[0].failure = "backend_lost";
  lost.attempts.push_back({.id = 0xa2, .opened = kBegan, .over = kBegan, .failure = "backend_lost"});
  const Json spans = lost.spans();
  CHECK(spans[0]["status"]["code"] == 2);
  CHECK(value(spans[0], "error.type") == "backend_lost");
  CHECK(spans[1]["status"]["code"] == 2);
  CHECK(value(spans[4], "http.request.resend_count") == "1");
  CHECK(spans[5]["name"] == "queue");  // and nobody took it
  CHECK(spans.size() == 6);

  Request gone;
  gone.record.status = 499;
  gone.record.reason = "cancelled";
  CHECK(gone.spans()[0]["status"].empty());
  CHECK(value(gone.spans()[0], "http.response.status_code") == nullptr);
  Request cut;
  cut.record.reason = "backend_lost";  // behind a head with 200
  CHECK(cut.spans()[0]["status"]["code"] == 2);
  Request missing;
  missing.record.status = 404;
  CHECK(missing.spans()[0]["status"].empty());
}

TEST_CASE("request spans: an unknown method is one value, and what a client chose stays inside its text") {
  Request odd;
  odd.record.method = "MAKE\"COFFEE";
  odd.record.path = "/\n\xff\"\\";
  odd.record.route = "";
  const Json server = odd.spans()[0];
  CHECK(server["name"] == "HTTP");
  CHECK(value(server, "http.request.method") == "_OTHER");
  CHECK(value(server, "http.request.method_original") == "MAKE\"COFFEE");
  Request v6;
  v6.record.host = "[2001:db8::1]";
  v6.attempts[0].member = "[::1]:80";
  CHECK(value(v6.spans()[0], "server.address") == "[2001:db8::1]");
  CHECK(value(v6.spans()[1], "server.port") == "80");
  v6.attempts[0].member = "worker-1";
  CHECK(value(v6.spans()[1], "server.address") == "worker-1");
}
