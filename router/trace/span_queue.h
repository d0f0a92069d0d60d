// Spans on their way from the loops to the exporter: written already, bounded, and lost when they do not fit.
//
// Owner: Tracing (router/tracing.h).   Thread: any. It has a mutex, because all loops hand spans to one exporter; it is
// held to move a buffer, never to write one, and only for requests that are sampled.
// Not here: what a span says (trace/request_spans.h), sending (trace/exporter.h).
#pragma once
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

namespace zeroway {

// Spans as members of a JSON array, with a ',' between two of them.
struct SpanBatch {
  std::string text;
  std::uint64_t count = 0;  // spans
};

class SpanQueue {
 public:
  explicit SpanQueue(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // `batch` is empty afterwards. It is lost when the queue is full.
  void add(SpanBatch& batch);
  // Takes batches out, at least one if there is one, at most `most_bytes` if the first one is not larger.
  [[nodiscard]] SpanBatch take(std::size_t most_bytes);
  [[nodiscard]] bool is_empty() const;

  // Spans that could not be sent, or were sent.
  void count_lost(std::uint64_t spans);
  void count_sent(std::uint64_t spans);
  [[nodiscard]] std::uint64_t lost() const;
  [[nodiscard]] std::uint64_t sent() const;

 private:
  const std::size_t most_bytes_;
  mutable std::mutex mutex_;  // for the members below
  std::deque<SpanBatch> batches_;
  std::size_t bytes_ = 0;
  std::uint64_t lost_ = 0, sent_ = 0;
};

}  // namespace zeroway
