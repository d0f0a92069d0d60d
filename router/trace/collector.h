// Who takes spans: one request at a time, and its answer.
//
// Owner: Tracing (router/tracing.h); a test has one of its own.   Thread: the exporter's.
// Not here: when spans are sent, and again (trace/exporter.h).
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace zeroway {

struct CollectorAnswer {
  int status = 0;  // 0 = none came
  std::optional<std::chrono::seconds> retry_after = {};
  std::string why = {};  // without an answer
};

class Collector {
 public:
  using Done = std::function<void(const CollectorAnswer&)>;

  virtual ~Collector() = default;
  // Sends `body`, and calls `done` once, never before send() returns. Not called again before that.
  virtual void send(const std::string& body, Done done) = 0;
};

}  // namespace zeroway
