// Any request head as a WebSocket's opening: what is accepted is a CONNECT that workers may see and an answer that the
// client's offer allows; origins and extensions are whatever the client writes.
#include <cstdint>
#include <string>

#include "proto/head_rules.h"
#include "router/http/h1_codec.h"
#include "router/http/ws_extensions.h"
#include "router/plan/origin_rule.h"
#include "tests/fuzz/must.h"

namespace zeroway {
namespace {

// Accepts every WebSocket and answers everything else.
class Session : public CodecEvents {
 public:
  explicit Session(const WebSocketSettings& settings) : settings_(settings), codec_(limits_, "http") {}

  void feed(std::string_view piece) {
    kept_ += piece;
    std::size_t taken = 0;
    do {  // what came early is given again after the answer, as the session does
      taken = codec_.read(as_bytes(kept_), *this);
      must(taken <= kept_.size());
      kept_.erase(0, taken);
    } while (taken > 0 && !kept_.empty());
  }
  void finish() {
    codec_.input_ended(*this);
    must(codec_.phase() == CodecPhase::closed);
  }
  [[nodiscard]] const std::string& told() const { return told_; }

  RequestTerms head(CodecStream stream, Head& head, Last last, Kind) override {
    must(check_request_head(head).has_value());
    told_ += "|head";
    for (const Field field : head) told_.append(" ").append(field.name).append("=").append(field.value);
    if (head.method() == "CONNECT") {
      must(last == Last::no && head.find(":protocol") == "websocket" && !head.has("sec-websocket-key"));
      is_socket_ = true;
      Head reply{{":status", "200"}, {"sec-websocket-protocol", "chat"}, {"content-length", "5"}};
      codec_.accept_web_socket(stream, reply, settings_);
      const auto& out = codec_.output();
      must(out.find("HTTP/1.1 101 ") != std::string::npos && out.ends_with("\r\n\r\n"));
      return {};
    }
    answer(stream);
    return {};
  }
  void data(CodecStream, Bytes) override {}
  void piece(CodecStream, Bytes bytes, MessageKind, Last last) override {
    message_ += as_text(bytes);
    if (last == Last::no) return;
    told_ += "|message " + std::exchange(message_, {});
  }
  void end(CodecStream stream, Head&) override {
    if (!is_socket_) return;
    Head none;
    told_ += "|end";
    codec_.end(stream, none);
  }
  void reset(CodecStream stream, const Error& error) override {
    if (error.code == Code::cancelled) return;
    told_ += "|reset " + std::to_string(static_cast<int>(error.code));
    if (is_socket_) return codec_.reset(stream, error);
    answer(stream);
  }

 private:
  void answer(CodecStream stream) {
    Head head{{":status", "426"}};
    Head none;
    codec_.head(stream, head, Last::yes);
    codec_.end(stream, none);
  }

  const WebSocketSettings& settings_;
  HttpLimits limits_;
  H1Codec codec_;
  bool is_socket_ = false;
  std::string kept_, told_, message_;
};

std::string run(const WebSocketSettings& settings, std::string_view input, std::size_t size) {
  Session session(settings);
  for (std::size_t at = 0; at < input.size(); at += size) session.feed(input.substr(at, size));
  session.finish();
  return session.told();
}

void negotiate(std::string_view offer, const WebSocketDeflate& wishes) {
  const Head head{{"sec-websocket-extensions", offer}};
  const auto agreed = agree_on_extensions(head, wishes);
  if (!agreed || !agreed->deflate) return;
  const auto& terms = *agreed->deflate;
  must(terms.our_window_bits >= 8 && terms.our_window_bits <= wishes.max_window_bits);
  must(terms.their_window_bits >= 8 && terms.their_window_bits <= 15);
  // Our answer is itself an offer that we would take.
  const Head answer{{"sec-websocket-extensions", agreed->reply}};
  must(agree_on_extensions(answer, WebSocketDeflate{})->deflate.has_value());
}

}  // namespace
}  // namespace zeroway

// The first byte says what is fuzzed, the second the cuts.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zeroway;
  if (size < 2) return 0;
  const auto input = as_text({data + 2, size - 2});
  if (data[0] % 4 == 0) {
    WebSocketDeflate wishes;
    if ((data[0] & 4) != 0) wishes.request_max_window_bits = 10;
    if ((data[0] & 8) != 0) wishes.max_window_bits = 9;
    wishes.no_context_takeover = (data[0] & 16) != 0;
    wishes.request_no_context_takeover = (data[0] & 32) != 0;
    negotiate(input, wishes);
    return 0;
  }
  if (data[0] % 4 == 1) {
    const auto middle = input.find('\n');
    if (middle == std::string_view::npos) return 0;
    static_cast<void>(matches_origin(input.substr(0, middle), input.substr(middle + 1)));
    return 0;
  }
  WebSocketSettings settings;
  if ((data[0] & 8) != 0) settings.deflate.reset();
  constexpr std::string_view kOpening =
      "GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const auto all = data[0] % 4 == 2 ? std::string(input) : std::string(kOpening).append(input);
  const auto whole = run(settings, all, all.size() + 1);
  must(run(settings, all, 1u + data[1]) == whole);
  return 0;
}
