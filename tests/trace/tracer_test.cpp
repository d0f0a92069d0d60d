#include "router/trace/tracer.h"

#include <doctest/doctest.h>

#include <set>

#include "router/trace/limits.h"
#include "tests/support/counted_heap.h"

using namespace zeroway;

namespace {

const std::string kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0";

Head called(const std::string& flag, const std::string& state = "a=1") {
  return {{":method", "GET"}, {"traceparent", kParent + flag}, {"tracestate", state}};
}

int sampled(Tracer& tracer, const Head& head, TrustCaller trust, int requests = 1'000) {
  int count = 0;
  for (int i = 0; i < requests; ++i) count += tracer.begin(head, trust).is_sampled ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("tracer: a request without a caller begins a trace of its own") {
  Tracer tracer({}, nullptr, 1);
  const RequestTrace one = tracer.begin({{":method", "GET"}}, TrustCaller::yes);
  CHECK(one.is_on());
  CHECK_FALSE(one.trace.is_none());
  CHECK(one.caller == 0);
  std::set<std::uint64_t> spans;
  for (int i = 0; i < 1'000; ++i) spans.insert(tracer.begin({}, TrustCaller::no).span);
  CHECK(spans.size() == 1'000);
}

TEST_CASE("tracer: a trusted caller decides; a stranger's trace goes on, but its share is decided here") {
  Tracer none({.sample = 0}, nullptr, 1), half({.sample = 0.5}, nullptr, 2), all({.sample = 1}, nullptr, 3);
  CHECK(sampled(none, called("1"), TrustCaller::yes) == 1'000);
  CHECK(sampled(all, called("0"), TrustCaller::yes) == 0);
  CHECK(sampled(none, called("1"), TrustCaller::no) == 0);
  CHECK(sampled(all, called("0"), TrustCaller::no) == 1'000);
  const int some = sampled(half, called("1"), TrustCaller::no, 10'000);
  CHECK(some > 4'700);  // six standard deviations
  CHECK(some < 5'300);
  const RequestTrace one = none.begin(called("1"), TrustCaller::no);
  CHECK(one.trace == TraceId{0x4bf92f3577b34da6, 0xa3ce929d0e0e4736});
  CHECK(one.caller == 0x00f067aa0ba902b7);
}

TEST_CASE("tracer: the exporter's own requests are never sampled, whoever sends them on") {
  Tracer tracer({.sample = 1, .exporter_trace = 0x4bf92f3577b34da6}, nullptr, 1);
  CHECK(sampled(tracer, called("1"), TrustCaller::yes) == 0);
  CHECK(sampled(tracer, called("1"), TrustCaller::no) == 0);
}

TEST_CASE("tracer: the backend's caller is our span, and a list that breaks a rule does not go on") {
  Tracer tracer({.sample = 0}, nullptr, 1);
  Head head = called("1");
  const RequestTrace trace = tracer.begin(head, TrustCaller::yes);
  Tracer::mark(head, trace, 0xabc);
  CHECK(*head.find("traceparent") == "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000abc-01");
  CHECK(*head.find("tracestate") == "a=1");

  Head bad = called("1", "A=1");
  Tracer::mark(bad, tracer.begin(bad, TrustCaller::yes), 0xabc);
  CHECK_FALSE(bad.has("tracestate"));
  CHECK(bad.find("traceparent")->starts_with("00-4bf92f35"));

  Head twice = called("1");
  twice.add("traceparent", kParent + "1");
  Tracer::mark(twice, tracer.begin(twice, TrustCaller::yes), 0xabc);
  CHECK(twice.count("traceparent") == 1);
  CHECK_FALSE(twice.has("tracestate"));
  CHECK_FALSE(twice.find("traceparent")->starts_with("00-4bf92f35"));
}

TEST_CASE("tracer: a request that is not sampled allocates nothing") {
  Tracer tracer({.sample = 0}, nullptr, 1);
  const std::string parent = kParent + "1";
  Head head;
  const auto ask = [&] {
    head.clear();
    head.add("traceparent", parent);
    head.add("tracestate", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
    const RequestTrace trace = tracer.begin(head, TrustCaller::no);
    Tracer::mark(head, trace, trace.first_attempt);
  };
  for (int i = 0; i < 10; ++i) ask();
  const std::size_t before = test::heap.allocations;
  for (int i = 0; i < 100; ++i) ask();
  CHECK(test::heap.allocations == before);
}

TEST_CASE("span queue: what does not fit is lost and counted, and batches are joined as members of a list") {
  SpanQueue queue(10);
  SpanBatch one{"{1},{2}", 2}, two{"{3}", 1}, three{"{4}", 1};
  queue.add(one);
  CHECK(one.count == 0);
  queue.add(two);
  queue.add(three);  // 13 bytes would be held
  CHECK(queue.lost() == 1);
  SpanBatch first = queue.take(9);
  CHECK(first.text == "{1},{2}");
  queue.add(first);
  first = queue.take(100);
  CHECK(first.text == "{3},{1},{2}");
  CHECK(first.count == 3);
  CHECK(queue.is_empty());
  CHECK(queue.take(1).count == 0);
}
