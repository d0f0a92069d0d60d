// Any bytes from a client: the codec survives them, and says the same however they are cut.
#include <cstdint>
#include <string>

#include "proto/head_rules.h"
#include "router/http/h1_codec.h"
#include "tests/fuzz/must.h"

namespace zeroway {
namespace {

// Answers as a session would, and keeps what was told as text in which cuts do not show.
class Session : public CodecEvents {
 public:
  Session(const HttpLimits& limits, std::uint8_t habits)
      : terms_(request_terms(limits)), codec_(limits, "http"), habits_(habits) {}

  void feed(std::string_view piece) {
    kept_ += piece;
    const auto taken = codec_.read(as_bytes(kept_), *this);
    must(taken <= kept_.size());
    kept_.erase(0, taken);
    must(codec_.phase() != CodecPhase::idle || kept_.empty() || kept_ == "\r");
  }
  void finish() {
    told_ += codec_.phase() == CodecPhase::closed ? "|closed" : "|open";
    codec_.input_ended(*this);
    must(codec_.phase() == CodecPhase::closed);
  }
  [[nodiscard]] std::string told() const { return told_ + "|out " + codec_output_; }

  RequestTerms head(CodecStream stream, Head& head, Last, Kind) override {
    must(stream == ++last_ && !is_open_);
    must(check_request_head(head).has_value());
    is_open_ = true;
    told_ += "|head";
    for (const Field field : head) told_.append(" ").append(field.name).append("=").append(field.value);
    if ((habits_ & 1) != 0) codec_.credit(stream, 1'000);
    if ((habits_ & 6) == 6) answer(stream);
    return terms_;
  }
  void data(CodecStream stream, Bytes bytes) override {
    must(is_open_ && stream == last_ && !bytes.empty());
    told_ += as_text(bytes);
    if ((habits_ & 8) != 0) codec_.credit(stream, static_cast<std::uint32_t>(bytes.size()));
  }
  void end(CodecStream stream, Head& trailers) override {
    must(is_open_ && stream == last_);
    must(check_trailers(trailers).has_value());
    told_ += "|end";
    for (const Field field : trailers) told_.append(" ").append(field.name).append("=").append(field.value);
    answer(stream);
  }
  void reset(CodecStream stream, const Error& error) override {
    must(stream == last_ || (stream == last_ + 1 && !is_open_));
    last_ = stream;
    if (error.code == Code::cancelled) return;
    told_ += "|reset " + std::to_string(static_cast<int>(error.code));
    answer(stream);
  }

 private:
  void answer(CodecStream stream) {
    Head head{{":status", "200"}};
    Head trailers{{"x-sum", "1"}};
    codec_.head(stream, head, Last::no);
    codec_.data(stream, as_bytes("hello"));
    codec_.end(stream, trailers);
    is_open_ = false;
    codec_output_ += codec_.output();
    codec_.output().clear();
  }

  RequestTerms terms_;
  H1Codec codec_;
  std::uint8_t habits_;
  CodecStream last_ = 0;
  bool is_open_ = false;
  std::string kept_;
  std::string told_;
  std::string codec_output_;
};

std::string run(const HttpLimits& limits, std::uint8_t habits, std::string_view input, std::size_t size) {
  Session session(limits, habits);
  for (std::size_t at = 0; at < input.size(); at += size) session.feed(input.substr(at, size));
  session.finish();
  return session.told();
}

}  // namespace
}  // namespace zeroway

// The first byte sets the session's habits and the limits, the second the cuts.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zeroway;
  if (size < 2) return 0;
  HttpLimits limits;
  if ((data[0] & 16) != 0) limits.max_request_line = 40;
  if ((data[0] & 32) != 0) limits.max_head = 120;
  if ((data[0] & 64) != 0) limits.max_fields = 3;
  if ((data[0] & 128) != 0) limits.max_body = 10;
  const auto input = as_text({data + 2, size - 2});
  const auto whole = run(limits, data[0], input, input.size() + 1);
  must(run(limits, data[0], input, 1) == whole);
  must(run(limits, data[0], input, 1u + data[1]) == whole);
  return 0;
}
