// What a client codec tells, as one line of text: `head 200 content-length=5 · data "hello" · end`.
//
// Owner: a test.   Thread: the test's.
#pragma once
#include <functional>
#include <string>

#include "router/http/client_codec.h"

namespace zeroway::test {

class ReplyRecorder : public ReplyEvents {
 public:
  void head(CodecStream stream, Head& head, Last last) override;
  void data(CodecStream stream, Bytes bytes) override;
  void piece(CodecStream stream, Bytes bytes, MessageKind kind, Last last) override;
  void end(CodecStream stream, Head& trailers) override;
  void reset(CodecStream stream, const Error& error) override;
  void credit(CodecStream, std::uint32_t bytes) override { credited += bytes; }

  // Data told in several pieces is one `data`, and so are the pieces of one message; more than 40 bytes are shown by
  // their number. Clears what it returns.
  [[nodiscard]] std::string text();

  // What an owner would do; each is called after its verb was noted.
  std::function<void(CodecStream, int status)> on_head = [](CodecStream, int) {};
  std::function<void(CodecStream, Bytes)> on_data = [](CodecStream, Bytes) {};
  std::function<void(CodecStream)> on_end = [](CodecStream) {};
  std::function<void(CodecStream)> on_reset = [](CodecStream) {};

  std::uint64_t credited = 0;
  std::string detail;  // of the last error

 private:
  void add(const std::string& verb);
  void flush_data();

  std::string text_, data_, message_;
};

}  // namespace zeroway::test
