#include "router/trace/trace_context.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736", kSpan = "00f067aa0ba902b7";
const std::string kGood = "00-" + kTrace + "-" + kSpan + "-01";
constexpr TraceParent kParent{{0x4bf92f3577b34da6, 0xa3ce929d0e0e4736}, 0x00f067aa0ba902b7, true};

Head head_of(std::initializer_list<std::string> states, const std::string& parent = kGood) {
  Head head{{":method", "GET"}, {"traceparent", parent}};
  for (const std::string& state : states) head.add("tracestate", state);
  return head;
}

std::string members(int count) {
  std::string list;
  for (int at = 0; at < count; ++at) list += (at > 0 ? ",k" : "k") + std::to_string(at) + "=v";
  return list;
}

}  // namespace

TEST_CASE("trace context: a good traceparent is read, and written as it was (W3C Trace Context §3.2)") {
  REQUIRE(read_traceparent(kGood) == kParent);
  const TraceParentText text = write_traceparent(kParent);
  CHECK(std::string(text.data(), text.size()) == kGood);
  CHECK_FALSE(read_traceparent("00-" + kTrace + "-" + kSpan + "-00")->is_sampled);
  CHECK(read_traceparent("00-" + kTrace + "-" + kSpan + "-ff")->is_sampled);  // other flags are not ours
}

TEST_CASE("trace context: version ff, zeros, capitals, and text behind version 00 begin a new trace (§3.2.2)") {
  const std::string zeros32(32, '0'), zeros16(16, '0');
  for (const std::string& bad :
       {std::string(), std::string("00"), "ff-" + kTrace + "-" + kSpan + "-01", "00-" + zeros32 + "-" + kSpan + "-01",
        "00-" + kTrace + "-" + zeros16 + "-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + kSpan + "-01", kGood + "-x",
        kGood + " ", "0-" + kTrace + "-" + kSpan + "-01", "00_" + kTrace + "-" + kSpan + "-01",
        "00-" + kTrace + "-" + kSpan + "-0g", "00-" + kTrace + "-" + kSpan + "-1", "0g-" + kTrace + "-" + kSpan + "-01",
        "01-" + kTrace + "-" + kSpan + "-01x"})
    CHECK_MESSAGE(!read_traceparent(bad), bad);
}

TEST_CASE("trace context: of a later version the known part is read") {
  CHECK(read_traceparent("cc-" + kTrace + "-" + kSpan + "-01-what the future has") == kParent);
  CHECK(read_traceparent("01-" + kTrace + "-" + kSpan + "-01") == kParent);
}

TEST_CASE("trace context: tracestate is one list over all its fields, with rules for keys and values (§3.3.1)") {
  CHECK(check_tracestate(head_of({})) == TraceState::good);
  CHECK(check_tracestate(head_of({"rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"})) == TraceState::good);
  CHECK(check_tracestate(head_of({"a=1 , ,b=2", "0t@vendor=x y", ""})) == TraceState::good);
  for (const char* bad : {"a", "=1", "A=1", "a=", "a=1=2", "a=1,a=2", "1a=2", "a@=1", "@b=1", "a=\x7f"})
    CHECK_MESSAGE(check_tracestate(head_of({bad})) == TraceState::bad, bad);
  CHECK(check_tracestate(head_of({"a=1", "b=2,a=3"})) == TraceState::bad);
  CHECK(check_tracestate(head_of({std::string(256, 'a') + "=1"})) == TraceState::good);
  CHECK(check_tracestate(head_of({std::string(257, 'a') + "=1"})) == TraceState::bad);
  CHECK(check_tracestate(head_of({"a=" + std::string(257, 'v')})) == TraceState::bad);
}

TEST_CASE("trace context: over 32 members of tracestate, or two traceparents, begin a new trace") {
  CHECK(trace_of(head_of({members(32)})) == kParent);
  CHECK_FALSE(trace_of(head_of({members(33)})));
  CHECK_FALSE(trace_of(head_of({members(32), "z=1"})));
  CHECK(trace_of(head_of({"not good"})) == kParent);  // the trace goes on without the list
  Head two = head_of({});
  two.add("traceparent", kGood);
  CHECK_FALSE(trace_of(two));
  CHECK_FALSE(trace_of(Head{{":method", "GET"}}));
}
