// Which spans an exchange tells of, and what its backends are told.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "router/trace/tracer.h"
#include "tests/exchange/site_script.h"

using namespace zeroway;
using Json = nlohmann::json;

namespace {

const std::string kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

// A script whose exchanges are in traces.
struct Traced : SiteScript {
  explicit Traced(double sample = 1)
      : SiteScript(site_text("trusted_proxies = [\"192.0.2.7\"]\n") + proxy_text() +
                   server_text("api", "http://127.0.0.1:3001") + route_text("/", "api")),
        tracer({.sample = sample}, &queue, 1),
        traced(settings, counters, clock, nullptr, &tracer) {}

  ExchangeKey ask(const Head& more = {}) {
    Head head{{":method", "GET"}, {":scheme", "http"}, {":authority", "example.com"}, {":path", "/x?q"}};
    for (const Field field : more) head.add(field.name, field.value);
    const ExchangeKey asked = traced.open(client, info, Kind::request, clock.time);
    traced.from_client(asked)->head(head, Last::yes);
    return asked;
  }
  Json spans() {
    tracer.flush();
    return Json::parse("[" + queue.take(1'000'000).text + "]");
  }

  SpanQueue queue{1'000'000};
  Tracer tracer;
  Exchanges traced;
};

std::string name_of(const Json& span) { return span["name"].get<std::string>(); }

}  // namespace

TEST_CASE("traces: each attempt is a span, and its backend's caller; queue and backend are below it") {
  Traced s;
  const ExchangeKey key = s.ask({{"traceparent", kParent}, {"tracestate", "a=1"}});
  const std::string first = s.sent("traceparent");
  s.clock.time += Millis{3};
  s.traced.find(key)->accepted({"w1", "w1"});
  s.clock.time += Millis{4};
  s.traced.find(key)->reset(unseen());
  const std::string second = s.sent("traceparent");
  CHECK(s.sent("tracestate") == "a=1|");
  s.traced.find(key)->accepted({"w2", "w2"});
  s.clock.time += Millis{5};
  Head reply{{":status", "200"}};
  s.traced.find(key)->head(reply, Last::yes);
  const Json spans = s.spans();
  REQUIRE(spans.size() == 7);
  CHECK(spans[0]["parentSpanId"] == "00f067aa0ba902b7");
  const Json &lost = spans[1], &good = spans[4];
  const std::string begin = "00-4bf92f3577b34da6a3ce929d0e0e4736-";
  CHECK(first == begin + lost["spanId"].get<std::string>() + "-01|");
  CHECK(second == begin + good["spanId"].get<std::string>() + "-01|");
  CHECK(lost["status"]["code"] == 2);
  CHECK(good["status"].empty());
  CHECK(name_of(spans[5]) == "queue");
  CHECK(name_of(spans[6]) == "backend");
}

TEST_CASE("traces: replies of the router's own have a span, too, and what is refused before it has a head") {
  Traced s;
  s.traced.find(s.ask())->reset(no_backend());
  Head head;
  s.traced.refuse(s.client, s.info, head, Code::bad_request, s.clock.time);
  const Json spans = s.spans();
  REQUIRE(spans.size() == 4);  // the request, its attempt that nobody took, its queue; and the one without a head
  CHECK(spans[0]["status"]["code"] == 2);
  CHECK(name_of(spans[3]) == "HTTP");
}

TEST_CASE("traces: a stranger's flag decides nothing, a trusted proxy's does, and the trace goes on in any case") {
  Traced s(0);
  s.ask({{"traceparent", kParent}});
  CHECK(s.sent("traceparent").starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
  CHECK(s.sent("traceparent").ends_with("-00|"));
  s.info.address = "192.0.2.7";
  s.ask({{"traceparent", kParent}});
  CHECK(s.sent("traceparent").ends_with("-01|"));
}

TEST_CASE("traces: a client that went away before its reply is no error of a backend") {
  Traced s;
  const ExchangeKey key = s.ask();
  s.traced.find(key)->accepted({"w1", "w1"});
  s.traced.from_client(key)->reset(cancelled());
  const Json spans = s.spans();
  CHECK(spans[0]["status"].empty());
  CHECK(spans[1]["status"].empty());
}
