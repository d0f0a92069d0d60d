#include "router/trace/span_writer.h"

#include <array>
#include <charconv>
#include <chrono>

#include "router/observe/escape.h"
#include "router/observe/limits.h"

namespace zeroway {

namespace {

template <std::size_t Size>
void append_hex(std::string& out, const std::array<char, Size>& text) {
  out.append(text.data(), text.size());
}

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 24> text;
  out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr);
}

void append_time(std::string& out, std::string_view name, WallTime time) {
  out.append(name);
  append_number(out, std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
  out.push_back('"');
}

}  // namespace

void append_text_attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append("{\"key\":");
  append_json_string(out, name);
  out.append(",\"value\":{\"stringValue\":");
  append_json_string(out, value);
  out.append("}}");
}

SpanWriter::SpanWriter(std::string& out, const SpanFrame& frame) : out_(out) {
  out_.append("{\"traceId\":\"");
  append_hex(out_, to_hex(frame.trace));
  out_.append("\",\"spanId\":\"");
  append_hex(out_, to_hex(frame.id));
  if (frame.parent != 0) {
    out_.append("\",\"parentSpanId\":\"");
    append_hex(out_, to_hex(frame.parent));
  }
  out_.append("\",\"name\":");
  append_json_string(out_, frame.name);
  out_.append(",\"kind\":");
  append_number(out_, static_cast<int>(frame.kind));
  append_time(out_, ",\"startTimeUnixNano\":\"", frame.begin);
  append_time(out_, ",\"endTimeUnixNano\":\"", frame.end);
  out_.append(",\"attributes\":[");
}

void SpanWriter::begin_attribute(std::string_view name) {
  if (has_attributes_) out_.push_back(',');
  has_attributes_ = true;
  out_.append("{\"key\":");
  append_json_string(out_, name);
  out_.append(",\"value\":{");
}

SpanWriter& SpanWriter::text(std::string_view name, std::string_view value) {
  if (value.empty()) return *this;
  begin_attribute(name);
  out_.append("\"stringValue\":");
  append_json_string(out_, value.substr(0, kMostFieldText));
  out_.append("}}");
  return *this;
}

SpanWriter& SpanWriter::number(std::string_view name, std::uint64_t value) {
  begin_attribute(name);
  out_.append("\"intValue\":\"");
  append_number(out_, value);
  out_.append("\"}}");
  return *this;
}

void SpanWriter::finish(SpanStatus status) {
  out_.append("],\"status\":{");
  if (status == SpanStatus::error) out_.append("\"code\":2");
  out_.append("}}");
}

}  // namespace zeroway
