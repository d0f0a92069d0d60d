#include "router/trace/exporter.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "router/trace/net_collector.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

// Keeps what it was sent; the test answers.
struct FakeCollector final : Collector {
  void send(const std::string& body, Done with) override {
    bodies.push_back(body);
    done = std::move(with);
  }
  void answer(const CollectorAnswer& what) {
    REQUIRE(done);
    std::exchange(done, nullptr)(what);
  }
  std::vector<std::string> bodies;
  Done done;
};

struct Script {
  void add(const std::string& text = "{\"a\":1}", std::uint64_t count = 1) {
    SpanBatch batch{text, count};
    queue.add(batch);
  }
  void pass(std::chrono::milliseconds time) { exporter.tick(now += time); }

  SpanQueue queue{1'000};
  FakeCollector collector;
  std::vector<std::string> lines;
  Exporter exporter{queue, collector, "shop \"1\"", [this](const std::string& line) { lines.push_back(line); }};
  Time now{std::chrono::hours(1)};
};

}  // namespace

TEST_CASE("exporter: spans of a second leave in one request, which names the service") {
  Script s;
  s.pass(0ms);
  CHECK(s.collector.bodies.empty());
  s.add();
  s.add("{\"b\":2},{\"c\":3}", 2);
  s.pass(1s);
  REQUIRE(s.collector.bodies.size() == 1);
  const auto body = nlohmann::json::parse(s.collector.bodies[0]);
  CHECK(body["resourceSpans"][0]["resource"]["attributes"][0]["value"]["stringValue"] == "shop \"1\"");
  CHECK(body["resourceSpans"][0]["scopeSpans"][0]["spans"].size() == 3);
  s.add();
  s.pass(5s);
  CHECK(s.collector.bodies.size() == 1);  // one at a time
  s.collector.answer({.status = 200});
  CHECK(s.collector.bodies.size() == 2);  // the queue may be filling up
  s.collector.answer({.status = 204});
  CHECK(s.queue.sent() == 4);
  CHECK(s.lines.empty());
}

TEST_CASE("exporter: 429, 502, 503, 504 and silence are tried again, after Retry-After or doubling pauses") {
  for (const int status : {429, 502, 503, 504, 0}) {
    Script s;
    s.add();
    s.pass(1s);
    s.collector.answer({.status = status});
    s.pass(900ms);
    CHECK(s.collector.bodies.size() == 1);
    s.pass(100ms);
    CHECK(s.collector.bodies.size() == 2);
    s.collector.answer({.status = status, .retry_after = 7s});
    s.pass(6'900ms);
    CHECK(s.collector.bodies.size() == 2);
    s.pass(100ms);
    CHECK(s.collector.bodies.size() == 3);
    CHECK(s.collector.bodies[2] == s.collector.bodies[0]);
    s.collector.answer({.status = 200});
    CHECK(s.queue.lost() == 0);
  }
}

TEST_CASE("exporter: other answers, and too many tries, lose the spans; that is told once a minute") {
  Script s;
  s.add("{}", 3);
  s.pass(1s);
  s.collector.answer({.status = 400});
  CHECK(s.queue.lost() == 3);
  s.pass(100ms);
  REQUIRE(s.lines.size() == 1);
  CHECK(s.lines[0] == "traces: 3 spans were lost: the collector answers 400");
  s.add("{}", 2);
  s.pass(1s);
  for (int tries = 0; tries < 5; ++tries) {
    s.collector.answer({.why = "refused"});
    s.pass(8s);
  }
  CHECK(s.queue.lost() == 5);
  CHECK(s.lines.size() == 1);
  s.pass(30s);
  REQUIRE(s.lines.size() == 2);
  CHECK(s.lines[1] == "traces: 2 spans were lost: the collector does not answer: refused");
}

TEST_CASE("exporter: while the collector hangs the queue is bounded, and what does not fit is counted") {
  Script s;
  s.add();
  s.pass(1s);
  for (int i = 0; i < 1'000; ++i) s.add(std::string(100, ' '), 1);
  CHECK(s.queue.lost() == 990);
  s.pass(1s);
  CHECK(s.lines == std::vector<std::string>{"traces: 990 spans were lost: the collector takes them too slowly"});
}

TEST_CASE("exporter: at the end it sends what is there at once, and waits for no second try") {
  Script s;
  CHECK(s.exporter.finish(s.now));
  s.add();
  CHECK_FALSE(s.exporter.finish(s.now));
  REQUIRE(s.collector.bodies.size() == 1);
  s.collector.answer({.status = 503});
  CHECK(s.exporter.finish(s.now));
  CHECK(s.queue.lost() == 1);
}

TEST_CASE("collector: a base URL gets /v1/traces appended, and a URL of traces stands as it is") {
  CHECK(traces_path("") == "/v1/traces");
  CHECK(traces_path("/otlp") == "/otlp/v1/traces");
  CHECK(traces_path("/otlp/v1/traces") == "/otlp/v1/traces");
}

TEST_CASE("collector: Retry-After in seconds counts, and a date does not") {
  CHECK(read_retry_after({{"retry-after", "7"}}) == 7s);
  for (const char* none : {"", "-1", "7 s", "Fri, 31 Dec 1999 23:59:59 GMT"})
    CHECK_FALSE(read_retry_after({{"retry-after", none}}));
  CHECK_FALSE(read_retry_after({}));
}
