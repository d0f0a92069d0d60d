#include "tests/http/verb_recorder.h"

#include "tests/http/case_file.h"

namespace zeroway::test {
namespace {

std::string shown(const Head& head) {
  std::string text;
  for (const Field field : head) {
    if (field.name == ":method" || field.name == ":path") {
      text += ' ' + std::string(field.value);
    } else if (field.name != ":scheme") {
      const auto name = field.name.substr(field.name.starts_with(':') ? 1 : 0);
      text += ' ' + std::string(name) + '=' + std::string(field.value);
    }
  }
  return escape(text);
}

// Pseudo-fields come in an order of their own; a table reads better with method and path first.
Head path_first(const Head& head) {
  Head result;
  result.add(":method", head.method());
  result.add(":path", head.path());
  for (const Field field : head) {
    if (field.name != ":method" && field.name != ":path") result.add(field.name, field.value);
  }
  return result;
}

}  // namespace

const char* name_of(Code code) {
  switch (code) {
    case Code::bad_request:
      return "bad_request";
    case Code::request_timeout:
      return "request_timeout";
    case Code::content_too_large:
      return "content_too_large";
    case Code::uri_too_long:
      return "uri_too_long";
    case Code::expectation_failed:
      return "expectation_failed";
    case Code::header_too_large:
      return "header_too_large";
    case Code::not_implemented:
      return "not_implemented";
    case Code::version_not_supported:
      return "version_not_supported";
    case Code::cancelled:
      return "cancelled";
    default:
      return "another code";
  }
}

void VerbRecorder::add(const std::string& verb) {
  flush_data();
  if (!text_.empty()) text_ += " · ";
  text_ += verb;
}

void VerbRecorder::flush_data() {
  if (data_.empty()) return;
  const auto data = std::exchange(data_, {});
  add(data.size() > 40 ? "data " + std::to_string(data.size()) : "data \"" + escape(data) + '"');
}

std::string VerbRecorder::text() {
  flush_data();
  return text_;
}

RequestTerms VerbRecorder::head(CodecStream id, Head& head, Last last, Kind) {
  stream = id;
  add("head" + shown(path_first(head)) + (last == Last::yes ? " last" : ""));
  on_head(id, last);
  return terms;
}

void VerbRecorder::data(CodecStream id, Bytes bytes) {
  data_ += as_text(bytes);
  on_data(id, bytes);
}

void VerbRecorder::end(CodecStream id, Head& trailers) {
  add("end" + shown(trailers));
  on_end(id);
}

void VerbRecorder::reset(CodecStream id, const Error& error) {
  stream = id;
  add(std::string("reset ") + name_of(error.code));
  on_reset(id, error);
}

}  // namespace zeroway::test
