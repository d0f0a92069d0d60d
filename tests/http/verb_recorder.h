// What a codec tells, as one line of text: `head GET / authority=a · data "hello" · end`.
//
// Owner: a test.   Thread: the test's.
#pragma once
#include <functional>
#include <string>

#include "router/http/codec.h"

namespace zeroway::test {

class VerbRecorder : public CodecEvents {
 public:
  RequestTerms head(CodecStream stream, Head& head, Last last, Kind) override;
  void data(CodecStream stream, Bytes bytes) override;
  void end(CodecStream stream, Head& trailers) override;
  void reset(CodecStream stream, const Error& error) override;

  // Data told in several pieces is one `data`; more than 40 bytes are shown by their number.
  [[nodiscard]] std::string text();
  void add(const std::string& verb);

  // What a session would do; each is called after its verb was noted.
  std::function<void(CodecStream, Last)> on_head = [](CodecStream, Last) {};
  std::function<void(CodecStream, Bytes)> on_data = [](CodecStream, Bytes) {};
  std::function<void(CodecStream)> on_end = [](CodecStream) {};
  std::function<void(CodecStream, const Error&)> on_reset = [](CodecStream, const Error&) {};

  CodecStream stream = 0;  // the last one told of
  RequestTerms terms;      // of every request

 private:
  void flush_data();

  std::string text_;
  std::string data_;
};

[[nodiscard]] const char* name_of(Code code);

}  // namespace zeroway::test
