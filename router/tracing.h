// Traces of the process: what all loops share of them, and the thread that gives spans to the collector.
//
// Owner: Router, when the file has [tracing].   Thread: the one that owns the router; the exporter has a loop and a
// thread of its own, so that no request waits for it.
// Not here: the traces of a loop's requests (trace/tracer.h), when spans are sent (trace/exporter.h).
#pragma once
#include <cstdint>
#include <memory>
#include <thread>

#include "proto/error.h"
#include "router/net/loop.h"
#include "router/settings/sites.h"
#include "router/trace/exporter.h"
#include "router/trace/net_collector.h"
#include "router/trace/span_queue.h"
#include "router/trace/tracer.h"

namespace zeroway {

class Tracing {
 public:
  // The error is that of the collector's TLS files.
  [[nodiscard]] static Result<std::unique_ptr<Tracing>> make(const TracingSettings& settings);
  // Calls finish().
  ~Tracing();
  Tracing(const Tracing&) = delete;
  Tracing& operator=(const Tracing&) = delete;

  // For one loop; this object outlives the tracer.
  [[nodiscard]] std::unique_ptr<Tracer> tracer();
  // Sends what is left, for at most a second. No tracer may hand spans over afterwards.
  void finish();

  [[nodiscard]] std::uint64_t sent() const { return queue_.sent(); }
  [[nodiscard]] std::uint64_t lost() const { return queue_.lost(); }

 private:
  explicit Tracing(const TracingSettings& settings);
  void run();
  void tick();
  void look_for_end();

  TraceRules rules_;
  SpanQueue queue_;
  // None of these without an endpoint. Each may use those above it.
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<NetCollector> collector_;
  std::unique_ptr<Exporter> exporter_;
  std::unique_ptr<Timer> timer_;
  std::thread thread_;
  Time give_up_{};  // while it finishes
};

}  // namespace zeroway
