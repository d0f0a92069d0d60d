// The spans of one request: the request itself, each attempt at a backend, and of each attempt the time in the queue
// and the time at the backend.
//
//     GET /api        server     ├────────────────────────────────────────┤      head of the request to its end
//       GET           client       ├────────────┤  ├─────────────────────┤       each opening at a backend
//         queue       internal     ├───┤          ├──┤                           until somebody has it
//         backend     internal         ├────────┤    ├──────────────────┤        until its stream is over
//
// Owner: nobody; values and a function.   Thread: the loop of the request.
// Names are those of OpenTelemetry's semantic conventions for HTTP. The query is not told unless the operator says so.
// Not here: whether the request is sampled (trace/tracer.h), sending (trace/exporter.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "router/observe/request_log.h"
#include "router/observe/time.h"
#include "router/trace/trace_context.h"

namespace zeroway {

// A request's place in its trace.
struct RequestTrace {
  TraceId trace;
  SpanId caller = 0;  // its span; 0 = none is known
  SpanId span = 0;    // the request's
  SpanId first_attempt = 0;
  bool is_sampled = false;
  bool has_caller = false;  // the caller's tracestate goes on

  [[nodiscard]] bool is_on() const { return span != 0; }
};

struct AttemptSpan {
  SpanId id = 0;
  Time opened{}, accepted{}, over{};  // Time{} = never
  std::string member{};               // who accepted it
  int status = 0;                     // of the reply; 0 = none came
  std::string_view failure{};         // an error's name; "" = it did not fail
};

struct SpansOfRequest {
  const RequestTrace& trace;
  const RequestRecord& record;
  const std::vector<AttemptSpan>& attempts;
  Time began, ended;  // record.ended is `ended` on the wall
  bool tells_query;
};

// Gives ids to spans that nobody but the collector sees.
class SpanIds {
 public:
  virtual ~SpanIds() = default;
  [[nodiscard]] virtual SpanId new_span() = 0;
};

// Appends the spans, with a ',' between two of them, and behind `out` if it has some already. Returns how many.
std::uint64_t append_spans(std::string& out, const SpansOfRequest& of, SpanIds& ids);

}  // namespace zeroway
