// Any traceparent and tracestate: what is read is a trace that is written and read again as it is, and what goes on to
// a backend is always one good traceparent, with a good tracestate or none.
#include <string>

#include "router/trace/tracer.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

// Lines: tracestate fields, and between them lines that begin with 'p': traceparent fields.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8'000) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Head head;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.starts_with('p')) {
      head.add("traceparent", line.substr(1));
      if (const auto read = read_traceparent(line.substr(1))) {
        const TraceParentText text = write_traceparent(*read);
        must(read_traceparent({text.data(), text.size()}) == read);
        must(!read->trace.is_none() && read->span != 0);
      }
    } else {
      head.add("tracestate", line);
    }
  }
  static Tracer tracer({.sample = 0.5}, nullptr, 1);
  const auto caller = trace_of(head);
  const RequestTrace trace = tracer.begin(head, TrustCaller::yes);
  must(trace.is_on() && !trace.trace.is_none());
  if (caller) must(trace.trace == caller->trace && trace.is_sampled == caller->is_sampled);
  Tracer::mark(head, trace, trace.first_attempt);
  must(head.count("traceparent") == 1 && check_tracestate(head) == TraceState::good);
  const auto told = trace_of(head);
  must(told && told->trace == trace.trace && told->span == trace.first_attempt);
  if (!caller) must(!head.has("tracestate"));
  return 0;
}
