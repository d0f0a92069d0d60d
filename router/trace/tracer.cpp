#include "router/trace/tracer.h"

#include <string_view>

#include "router/trace/limits.h"

namespace zeroway {

// SplitMix64 (Steele, Lea and Flood, 2014): every number comes once in a period of 2^64.
std::uint64_t Tracer::random() {
  std::uint64_t number = state_ += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

SpanId Tracer::new_span() {
  const SpanId id = random();
  return id != 0 ? id : 1;
}

bool Tracer::draw() {
  if (rules_.sample <= 0) return false;
  constexpr int kBits = 53;  // of a double's fraction
  return static_cast<double>(random() >> (64 - kBits)) < rules_.sample * static_cast<double>(1ULL << kBits);
}

RequestTrace Tracer::begin(const Head& request, TrustCaller trust) {
  RequestTrace trace;
  if (const auto caller = trace_of(request)) {
    const bool is_own = rules_.exporter_trace != 0 && caller->trace.high == rules_.exporter_trace;
    trace.trace = caller->trace;
    trace.caller = caller->span;
    trace.has_caller = true;
    trace.is_sampled = !is_own && (trust == TrustCaller::yes ? caller->is_sampled : draw());
  } else {
    trace.trace = {random(), random() | 1};
    trace.is_sampled = draw();
  }
  trace.span = new_span();
  trace.first_attempt = trace.is_sampled ? new_span() : trace.span;
  return trace;
}

void Tracer::mark(Head& request, const RequestTrace& trace, SpanId span) {
  const TraceParentText text = write_traceparent({trace.trace, span, trace.is_sampled});
  if (!trace.has_caller || check_tracestate(request) != TraceState::good) request.remove("tracestate");
  request.set("traceparent", std::string_view(text.data(), text.size()));
}

void Tracer::write(const SpansOfRequest& spans) {
  if (queue_ == nullptr) return;
  batch_.count += append_spans(batch_.text, spans, *this);
  if (batch_.text.size() >= kSpanBatch) flush();
}

void Tracer::flush() {
  if (queue_ != nullptr && batch_.count > 0) queue_->add(batch_);
}

}  // namespace zeroway
