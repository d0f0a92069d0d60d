// A span as OTLP writes it in JSON: ids in hexadecimal, kinds as numbers, 64-bit numbers as text.
//
// Owner: whoever writes the span, on its stack.   Thread: one. Appends to a buffer of the caller.
// Not here: which spans and attributes there are (trace/request_spans.h), the frame around them (trace/exporter.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "router/observe/wall_clock.h"
#include "router/trace/trace_context.h"

namespace zeroway {

enum class SpanKind : std::uint8_t { internal = 1, server = 2, client = 3 };

// How a span that went wrong says so; a span that went well says nothing.
enum class SpanStatus : std::uint8_t { unset = 0, error = 2 };

struct SpanFrame {
  TraceId trace;
  SpanId id = 0;
  SpanId parent = 0;  // 0 = none
  SpanKind kind = SpanKind::internal;
  std::string_view name;
  WallTime begin, end;
};

class SpanWriter {
 public:
  SpanWriter(std::string& out, const SpanFrame& frame);
  // Empty texts are left out. Long ones are cut, as in the access log.
  SpanWriter& text(std::string_view name, std::string_view value);
  SpanWriter& number(std::string_view name, std::uint64_t value);
  void finish(SpanStatus status);

 private:
  void begin_attribute(std::string_view name);

  std::string& out_;
  bool has_attributes_ = false;
};

// One attribute of a resource or a span: {"key":…,"value":{"stringValue":…}}.
void append_text_attribute(std::string& out, std::string_view name, std::string_view value);

}  // namespace zeroway
