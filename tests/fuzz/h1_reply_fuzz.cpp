// Any bytes from an origin: the client codec survives them, and says the same however they are cut.
#include <cstdint>
#include <string>
#include <utility>

#include "proto/head_rules.h"
#include "proto/limits.h"
#include "router/http/h1_client_codec.h"
#include "tests/fuzz/must.h"

namespace zeroway {
namespace {

// "the sample nonce" of RFC 6455 §1.3: the corpus knows the answer to it.
class Sample final : public Randomness {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>("the sample nonce"[i % 16]);
  }
};

// Takes what is told as an exchange would, and keeps it as text in which cuts do not show.
class Owner : public ReplyEvents {
 public:
  Owner(const ClientCodecSettings& settings, std::uint8_t habits) : codec_(settings), habits_(habits) {
    const bool is_socket = (habits & 3) == 3;
    Head head{{":method", methods()}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
    if (is_socket) head.add(":protocol", "websocket");
    const bool has_body = (habits & 3) == 2;
    stream_ =
        codec_.open(head, is_socket || has_body ? Last::no : Last::yes, is_socket ? Kind::web_socket : Kind::request);
    if (has_body) codec_.data(stream_, as_bytes("body"));
    if ((habits & 4) == 0 && !is_socket) codec_.end(stream_, Head{});  // else an early reply
    write();
  }

  void feed(std::string_view piece) {
    kept_ += piece;
    for (std::size_t taken = 1; taken > 0 && !kept_.empty();) {
      taken = codec_.read(as_bytes(kept_), *this);
      must(taken <= kept_.size());
      kept_.erase(0, taken);
      if (!codec_.wants_input()) grant();
    }
    write();
  }
  void finish() {
    told_ += codec_.is_finished() ? "|finished" : "|kept";
    must(codec_.room() == (is_over_ && !codec_.is_finished() ? 1 : 0));
    codec_.input_ended((habits_ & 8) != 0 ? ClientCodec::InputEnd::orderly : ClientCodec::InputEnd::broken, *this);
    must(is_over_ && codec_.is_finished());
  }
  [[nodiscard]] const std::string& told() const { return told_; }

  void head(CodecStream stream, Head& head, Last last) override {
    must(stream == stream_ && !is_over_ && !has_head_);
    must(check_reply_head(head).has_value());
    has_head_ = head.status() >= 200;
    must(has_head_ || last == Last::no);
    is_last_ = last == Last::yes;
    told_ += "|head";
    for (const Field field : head) told_.append(" ").append(field.name).append("=").append(field.value);
  }
  void data(CodecStream stream, Bytes bytes) override {
    must(stream == stream_ && !is_over_ && has_head_ && !is_last_ && !bytes.empty());
    take(bytes.size());
    told_ += as_text(bytes);
  }
  void piece(CodecStream stream, Bytes bytes, MessageKind kind, Last last) override {
    must(stream == stream_ && !is_over_ && has_head_);
    take(message_credit(bytes.size()));
    message_ += as_text(bytes);  // a broken message may be told in part, as it is cut
    if (last == Last::yes) told_ += (kind == MessageKind::text ? "|text " : "|binary ") + std::exchange(message_, {});
    codec_.piece(stream, bytes, kind, last);
  }
  void end(CodecStream stream, Head& trailers) override {
    must(stream == stream_ && !is_over_ && has_head_);
    must(check_trailers(trailers).has_value());
    is_over_ = true;
    told_ += "|end";
    for (const Field field : trailers) told_.append(" ").append(field.name).append("=").append(field.value);
  }
  void reset(CodecStream stream, const Error& error) override {
    must(stream == stream_ && !is_over_ && codec_.is_finished());
    must(error.fault == Fault::backend && !error.retry_safe);
    must(error.code == Code::backend_lost || error.code == Code::backend_protocol);
    is_over_ = true;
    told_ += "|reset " + std::to_string(static_cast<int>(error.code));
  }
  void credit(CodecStream stream, std::uint32_t) override { must(stream == stream_ && !is_over_); }

 private:
  [[nodiscard]] const char* methods() const {
    static constexpr const char* kMethods[] = {"GET", "HEAD", "POST", "CONNECT"};
    return kMethods[habits_ & 3];
  }
  void take(std::size_t bytes) {
    must(bytes <= credit_);
    credit_ -= bytes;
  }
  void grant() {
    credit_ += 100;
    codec_.credit(stream_, 100);
  }
  void write() {
    const auto size = codec_.output().size();
    codec_.output().clear();
    codec_.written(size, *this);
  }

  H1ClientCodec codec_;
  std::uint8_t habits_;
  CodecStream stream_ = 0;
  std::uint64_t credit_ = kFirstReplyWindow;
  bool has_head_ = false, is_last_ = false, is_over_ = false;
  std::string kept_, told_, message_;
};

std::string run(const ClientCodecSettings& settings, std::uint8_t habits, std::string_view input, std::size_t size) {
  Owner owner(settings, habits);
  for (std::size_t at = 0; at < input.size(); at += size) owner.feed(input.substr(at, size));
  owner.finish();
  return owner.told();
}

}  // namespace
}  // namespace zeroway

// The first byte sets the request, the end and the limits, the second the cuts.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zeroway;
  if (size < 2) return 0;
  Sample random;
  ClientCodecSettings settings;
  settings.random = &random;
  if ((data[0] & 16) != 0) settings.limits.max_request_line = 40;
  if ((data[0] & 32) != 0) settings.limits.max_head = 120;
  if ((data[0] & 64) != 0) settings.limits.max_fields = 3;
  const auto input = as_text({data + 2, size - 2});
  const auto whole = run(settings, data[0], input, input.size() + 1);
  must(run(settings, data[0], input, 1) == whole);
  must(run(settings, data[0], input, 1u + data[1]) == whole);
  return 0;
}
