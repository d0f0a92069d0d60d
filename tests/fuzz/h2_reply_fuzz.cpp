// Any bytes from an HTTP/2 origin: the client codec survives them, and says the same however they are cut.
#include <array>
#include <cstdint>
#include <string>

#include "proto/head_rules.h"
#include "proto/limits.h"
#include "router/http/h2_client_codec.h"
#include "tests/fuzz/must.h"

namespace zeroway {
namespace {

// Three requests, of which the second has a body that does not end. Each stream's verbs are kept as text.
class Owner : public ReplyEvents {
 public:
  Owner(const ClientCodecSettings& settings, std::uint8_t habits) : codec_(settings), habits_(habits) {
    const Head get{{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
    const Head post{{":method", "POST"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
    must(codec_.open(get, Last::yes, Kind::request) == 1);
    must(codec_.open(post, Last::no, Kind::request) == 3);
    codec_.data(3, as_bytes("body"));
    must(codec_.open(get, Last::yes, Kind::request) == 5);
    write();
  }

  void feed(std::string_view piece) {
    must(codec_.read(as_bytes(piece), *this) == piece.size());
    if ((habits_ & 1) != 0) write();
  }
  void finish() {
    write();
    codec_.input_ended(ClientCodec::InputEnd::orderly, *this);
    must(codec_.is_finished() && codec_.room() == 0);
    for (const Stream& stream : streams_) must(stream.is_over);
  }
  [[nodiscard]] std::string told() const {
    std::string all;
    for (const Stream& stream : streams_) all.append("|stream").append(stream.told).append(stream.data);
    return all;
  }

  void head(CodecStream id, Head& head, Last last) override {
    Stream& stream = open(id);
    must(!stream.has_head && check_reply_head(head).has_value());
    stream.has_head = head.status() >= 200;
    must(stream.has_head || last == Last::no);
    stream.told += last == Last::yes ? "|last head" : "|head";
    for (const Field field : head) stream.told.append(" ").append(field.name).append("=").append(field.value);
    if ((habits_ & 2) != 0 && id == 5) give_up(id);
  }
  void data(CodecStream id, Bytes bytes) override {
    Stream& stream = open(id);
    must(stream.has_head && !bytes.empty() && bytes.size() <= stream.credit);
    stream.credit -= bytes.size();
    stream.data += as_text(bytes);
    if ((habits_ & 4) == 0) return;
    stream.credit += bytes.size();
    codec_.credit(id, static_cast<std::uint32_t>(bytes.size()));
  }
  void piece(CodecStream, Bytes, MessageKind, Last) override { must(false); }
  void end(CodecStream id, Head& trailers) override {
    Stream& stream = open(id);
    must(stream.has_head && check_trailers(trailers).has_value());
    stream.is_over = true;
    stream.data += "|end";
    for (const Field field : trailers) stream.data.append(" ").append(field.name).append("=").append(field.value);
  }
  void reset(CodecStream id, const Error& error) override {
    Stream& stream = open(id);
    must(error.fault == Fault::backend);
    must(!error.retry_safe || error.code == Code::backend_refused);
    stream.is_over = true;
    stream.data = "|reset " + std::to_string(static_cast<int>(error.code));  // how much came before is as it was cut
  }
  void credit(CodecStream id, std::uint32_t) override { static_cast<void>(open(id)); }

 private:
  struct Stream {
    std::string told, data;
    std::uint64_t credit = kFirstReplyWindow;
    bool has_head = false, is_over = false;
  };

  [[nodiscard]] Stream& open(CodecStream id) {
    must(id == 1 || id == 3 || id == 5);
    Stream& stream = streams_[id / 2];
    must(!stream.is_over);
    return stream;
  }
  void give_up(CodecStream id) {
    streams_[id / 2].is_over = true;
    codec_.reset(id, ResetCode::cancel);
  }
  void write() {
    while (!codec_.output().empty()) {
      const auto size = codec_.output().size();
      codec_.output().clear();
      codec_.written(size, *this);
    }
  }

  H2ClientCodec codec_;
  std::uint8_t habits_;
  std::array<Stream, 3> streams_;
};

std::string run(const ClientCodecSettings& settings, std::uint8_t habits, std::string_view input, std::size_t size) {
  Owner owner(settings, habits);
  for (std::size_t at = 0; at < input.size(); at += size) owner.feed(input.substr(at, size));
  owner.finish();
  return owner.told();
}

}  // namespace
}  // namespace zeroway

// The first byte sets the habits and the limits, the second the cuts.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zeroway;
  if (size < 2) return 0;
  ClientCodecSettings settings;
  if ((data[0] & 32) != 0) settings.limits.max_head = 120;
  if ((data[0] & 64) != 0) settings.limits.max_fields = 3;
  const auto input = as_text({data + 2, size - 2});
  // What is sent between two reads changes which of an origin's later frames are errors.
  constexpr std::uint8_t kWritesAtOnce = 1;
  const auto habits = static_cast<std::uint8_t>(data[0] & ~kWritesAtOnce);
  const auto whole = run(settings, habits, input, input.size() + 1);
  must(run(settings, habits, input, 1) == whole);
  must(run(settings, habits, input, 1u + data[1]) == whole);
  static_cast<void>(run(settings, habits | kWritesAtOnce, input, 1u + data[1]));
  return 0;
}
