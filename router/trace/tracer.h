// The traces of one loop's requests: which trace a request belongs to, whether it is sampled, and its spans.
//
// Owner: the loop's lane; none when the operator wants no traces.   Thread: that loop.
// A request that is not sampled costs two random numbers and no memory.
// Not here: the fields (trace/trace_context.h), sending (trace/exporter.h), who is trusted (exchange/header_rules.h).
#pragma once
#include <cstdint>
#include <string>

#include "proto/head.h"
#include "router/observe/time.h"
#include "router/trace/request_spans.h"
#include "router/trace/span_queue.h"
#include "router/trace/trace_context.h"

namespace zeroway {

// The same on all loops.
struct TraceRules {
  double sample = 1;                 // share of requests without a trusted caller who has decided
  bool tells_query = false;          // spans have the query of the request's target
  std::uint64_t exporter_trace = 0;  // upper half of the trace ids of the exporter's own requests; never sampled
};

// Whether the caller's decision about sampling counts.
enum class TrustCaller : bool { no, yes };

class Tracer final : public SpanIds {
 public:
  // `queue` is null when nobody collects spans here: backends are told of the traces all the same. It outlives the
  // tracer. `seed`: any number, another one on each loop and in each process.
  Tracer(const TraceRules& rules, SpanQueue* queue, std::uint64_t seed) : rules_(rules), queue_(queue), state_(seed) {}
  ~Tracer() override { flush(); }
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  // A stranger's trace goes on, but whether it is sampled is decided here: a stranger could have every request traced.
  [[nodiscard]] RequestTrace begin(const Head& request, TrustCaller trust);
  [[nodiscard]] SpanId new_span() override;
  // Tells the backend, in the request's head, that `span` is its caller.
  static void mark(Head& request, const RequestTrace& trace, SpanId span);

  [[nodiscard]] bool tells_query() const { return rules_.tells_query; }
  // Writes the spans of a request that is sampled.
  void write(const SpansOfRequest& spans);
  // Hands spans over that have waited; called every 100 ms or so.
  void flush();

 private:
  [[nodiscard]] std::uint64_t random();
  [[nodiscard]] bool draw();

  const TraceRules rules_;
  SpanQueue* const queue_;
  std::uint64_t state_;
  SpanBatch batch_;
};

}  // namespace zeroway
