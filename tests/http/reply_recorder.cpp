#include "tests/http/reply_recorder.h"

#include <utility>

#include "tests/http/case_file.h"

namespace zeroway::test {
namespace {

std::string fields(const Head& head) {
  std::string text;
  for (const Field field : head) {
    text += ' ';
    if (field.name != ":status") text += std::string(field.name) + '=';
    text += field.value;
  }
  return escape(text);
}

std::string quoted(const std::string& what, const std::string& bytes) {
  return what + (bytes.size() > 40 ? ' ' + std::to_string(bytes.size()) : " \"" + escape(bytes) + '"');
}

const char* code_name(Code code) {
  switch (code) {
    case Code::backend_lost:
      return "backend_lost";
    case Code::backend_reset:
      return "backend_reset";
    case Code::backend_protocol:
      return "backend_protocol";
    case Code::backend_refused:
      return "backend_refused";
    default:
      return "another code";
  }
}

}  // namespace

void ReplyRecorder::add(const std::string& verb) {
  flush_data();
  if (!text_.empty()) text_ += " · ";
  text_ += verb;
}

void ReplyRecorder::flush_data() {
  if (data_.empty()) return;
  const auto data = std::exchange(data_, {});
  add(quoted("data", data));
}

std::string ReplyRecorder::text() {
  flush_data();
  return std::exchange(text_, {});
}

void ReplyRecorder::head(CodecStream stream, Head& head, Last last) {
  add("head" + fields(head) + (last == Last::yes ? " last" : ""));
  on_head(stream, head.status());
}

void ReplyRecorder::data(CodecStream stream, Bytes bytes) {
  data_ += as_text(bytes);
  on_data(stream, bytes);
}

void ReplyRecorder::piece(CodecStream stream, Bytes bytes, MessageKind kind, Last last) {
  message_ += as_text(bytes);
  if (last == Last::yes) add(quoted(kind == MessageKind::text ? "text" : "binary", std::exchange(message_, {})));
  on_data(stream, bytes);
}

void ReplyRecorder::end(CodecStream stream, Head& trailers) {
  add("end" + fields(trailers));
  on_end(stream);
}

void ReplyRecorder::reset(CodecStream stream, const Error& error) {
  add(std::string("reset ") + code_name(error.code) + (error.retry_safe ? " safe" : ""));
  detail = error.detail;
  on_reset(stream);
}

}  // namespace zeroway::test
