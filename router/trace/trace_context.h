// Which trace a request belongs to, as `traceparent` and `tracestate` tell it (W3C Trace Context, level 1).
//
//     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
//     version      trace's id                caller's span  flags: 1 = sampled
//
// Owner: nobody; values and pure functions.   Thread: any. None of them allocates.
// Not here: whose word counts, and what is sampled (trace/tracer.h).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/head.h"

namespace zeroway {

struct TraceId {
  std::uint64_t high = 0, low = 0;

  [[nodiscard]] bool is_none() const { return high == 0 && low == 0; }
  bool operator==(const TraceId&) const = default;
};

using SpanId = std::uint64_t;  // 0 = none

struct TraceParent {
  TraceId trace;
  SpanId span = 0;
  bool is_sampled = false;

  bool operator==(const TraceParent&) const = default;
};

// Nothing when the value breaks a rule (§3.2.2): ids of zeros, capital letters, version ff, a version 00 with text
// behind it. Of later versions the known part is read.
[[nodiscard]] std::optional<TraceParent> read_traceparent(std::string_view value);

using TraceParentText = std::array<char, 55>;
[[nodiscard]] TraceParentText write_traceparent(const TraceParent& parent);

enum class TraceState : std::uint8_t {
  good,      // also when there is none
  bad,       // breaks a rule (§3.3.1): it is not passed on, but the trace goes on
  too_long,  // of more than 32 members
};

// Of all `tracestate` fields together, which are one list.
[[nodiscard]] TraceState check_tracestate(const Head& request);

// The trace that the request's head names; nothing without one, with two, or when a rule is broken.
[[nodiscard]] std::optional<TraceParent> trace_of(const Head& request);

// Ids in lower-case hexadecimal.
[[nodiscard]] std::array<char, 32> to_hex(TraceId id);
[[nodiscard]] std::array<char, 16> to_hex(SpanId id);

}  // namespace zeroway
