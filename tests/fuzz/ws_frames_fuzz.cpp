// Any frames from a client, compressed ones too: the codec survives them, keeps to its credit and its limits, says the
// same however they are cut, and sends nothing that a client could not read.
#include <cstdint>
#include <string>

#include "router/http/ws_codec.h"
#include "router/http/ws_frames.h"
#include "tests/fuzz/must.h"

namespace zeroway {
namespace {

// A worker that echoes, in frames that show what it was told whatever the cuts were.
class Session : public WsEvents {
 public:
  Session(const WebSocketSettings& settings, const std::optional<WsDeflateTerms>& deflate, std::uint8_t habits)
      : settings_(settings), codec_(settings, deflate, kCredit, output_), habits_(habits) {}

  void feed(std::string_view piece) {
    kept_ += piece;
    for (int turns = 0; turns < 1'000; ++turns) {
      const auto taken = codec_.read(as_bytes(kept_), *this);
      must(taken <= kept_.size());
      kept_.erase(0, taken);
      if (codec_.wants_input() || (habits_ & 1) != 0) return;
      credit_ += kCredit;
      codec_.credit(kCredit);
    }
  }
  void finish() {
    const Time now{};
    static_cast<void>(codec_.tick(now, *this));
    codec_.input_ended(*this);
    if (!codec_.is_over()) codec_.end(Head{});
    must(codec_.is_over());
    check_output();
  }
  [[nodiscard]] const std::string& told() const { return told_; }

  void piece(Bytes bytes, MessageKind kind, Last last) override {
    must(!is_over_ && bytes.size() <= credit_);
    must(!bytes.empty() || last == Last::yes);
    must(message_.empty() || kind == kind_);
    credit_ -= bytes.size();
    kind_ = kind;
    message_ += as_text(bytes);
    must(message_.size() <= settings_.max_message_size);
    if ((habits_ & 2) != 0) codec_.piece(bytes, kind, last);
    if (last == Last::no) return;
    must(kind == MessageKind::binary || is_utf8(as_bytes(message_)));
    told_ += (kind == MessageKind::text ? "|text " : "|binary ") + message_;
    message_.clear();
    if ((habits_ & 4) != 0) codec_.end(Head{{"close-code", "4000"}});
  }
  void end(Head& trailers) override {
    must(!is_over_);
    is_over_ = true;
    must((trailers.find("close-code") == "1006") == is_blamed_);
    told_ += is_blamed_ ? "|broken" : "|end";  // which of two rules was broken first depends on the cuts
    if (!is_blamed_) {
      for (const Field field : trailers) told_.append(" ").append(field.value);
    }
    codec_.end(trailers);
  }
  void blamed(const Error& error) override {
    must(!is_over_ && error.code == Code::bad_request && told_.find('|') == 0);  // after a message
    is_blamed_ = true;
  }
  void reset(const Error& error) override {
    must(!is_over_);
    is_over_ = true;
    if (error.code == Code::cancelled) return;
    told_ += "|reset";
    codec_.reset(error);
  }

 private:
  static constexpr std::uint32_t kCredit = 1'000;

  // What is sent are whole frames without a mask, and nothing behind a Close.
  void check_output() {
    WsFrames frames;
    Bytes rest = as_bytes(output_);
    bool is_closed = false;
    while (true) {
      const auto found = frames.read(rest, UINT64_MAX);
      if (found == WsFrames::Found::nothing) break;
      must(found != WsFrames::Found::malformed);
      if (found != WsFrames::Found::head) continue;
      must(!is_closed && !frames.head().is_masked && !frames.head().has_reserved23);
      is_closed = frames.head().is(WsOpcode::close);
    }
    must(rest.empty() && frames.is_frame_done());
  }

  const WebSocketSettings& settings_;
  std::string output_;
  WsCodec codec_;
  std::uint8_t habits_;
  std::uint64_t credit_ = kCredit;
  MessageKind kind_ = MessageKind::binary;
  bool is_over_ = false;
  bool is_blamed_ = false;
  std::string kept_, message_, told_;
};

std::string run(const WebSocketSettings& settings, const std::optional<WsDeflateTerms>& deflate, std::uint8_t habits,
                std::string_view input, std::size_t size) {
  Session session(settings, deflate, habits);
  for (std::size_t at = 0; at < input.size(); at += size) session.feed(input.substr(at, size));
  session.finish();
  return session.told();
}

// Where a message ends and what is wrong in it may lie behind the credit, and then the cuts decide how near one gets: a
// worker that gives none hears the same, but less of it.
bool is_same(const std::string& cut, const std::string& whole, std::uint8_t habits) {
  if ((habits & 1) == 0) return cut == whole;
  return cut.starts_with(whole) || whole.starts_with(cut);
}

}  // namespace
}  // namespace zeroway

// The first byte sets the worker's habits and the options, the second the cuts.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zeroway;
  if (size < 2) return 0;
  WebSocketSettings settings;
  settings.max_message_size = 100'000;
  settings.require_masked_client_frames = (data[0] & 8) == 0;
  if ((data[0] & 16) != 0) settings.max_frame_size = 200;
  if ((data[0] & 32) != 0) settings.auto_fragment_size = 10;
  std::optional<WsDeflateTerms> deflate;
  if ((data[0] & 64) != 0) deflate = WsDeflateTerms{};
  // Their window stays at 15: zlib lets a client refer back further than a smaller one where its output still lies.
  if ((data[0] & 192) == 192) deflate = WsDeflateTerms{false, false, 9, 15, 1};
  const auto input = as_text({data + 2, size - 2});
  const auto whole = run(settings, deflate, data[0], input, input.size() + 1);
  must(is_same(run(settings, deflate, data[0], input, 1), whole, data[0]));
  must(is_same(run(settings, deflate, data[0], input, 1u + data[1]), whole, data[0]));
  return 0;
}
