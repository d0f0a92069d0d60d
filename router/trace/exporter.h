// Takes spans from the queue and gives them to the collector, in batches; tries again where that can help.
//
//     idle ── spans wait ──▶ sending ── 2xx ──▶ idle
//      ▲                      │  └── 429, 502, 503, 504, no answer ──▶ waiting ── its time ──▶ sending
//      └── another status, or tried too often: these spans are lost ──────┘
//
// Owner: Tracing (router/tracing.h).   Thread: its own loop's: no request waits for it.
// While it waits the queue fills up, and what does not fit is lost, too. Lost spans are told once a minute.
// Not here: connections (trace/net_collector.h), spans (trace/request_spans.h).
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "router/observe/time.h"
#include "router/trace/collector.h"
#include "router/trace/span_queue.h"

namespace zeroway {

class Exporter {
 public:
  // `warn` gets a line for the operator.
  using Warn = std::function<void(const std::string& line)>;

  // `queue` and `collector` outlive the exporter.
  Exporter(SpanQueue& queue, Collector& collector, std::string service_name, Warn warn);

  // Called every 100 ms or so.
  void tick(Time now);
  // Sends what is there at once, and does not wait to try again. True when nothing is left.
  [[nodiscard]] bool finish(Time now);

 private:
  enum class State : std::uint8_t { idle, sending, waiting };

  void send_next(Time now);
  void send(Time now);
  void answered(const CollectorAnswer& answer);
  void wait(const CollectorAnswer& answer);
  void drop(const CollectorAnswer& answer);
  void tell_lost(Time now);

  SpanQueue& queue_;
  Collector& collector_;
  const std::string head_, tail_;  // around the spans of a request
  const Warn warn_;
  State state_ = State::idle;
  std::string body_;
  std::uint64_t count_ = 0;  // spans in body_
  int tries_ = 0;
  bool is_finishing_ = false;
  Time now_{};      // of the last tick
  Time due_{};      // waiting: when to try again
  Time sent_at_{};  // when the last batch was begun
  Time told_at_{};
  std::uint64_t told_ = 0;  // of the lost spans
  std::string why_;         // the last spans were lost
};

}  // namespace zeroway
