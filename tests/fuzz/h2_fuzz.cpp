// Any bytes from an HTTP/2 client: the codec survives them, and keeps to the verbs' order, credit and windows.
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "proto/head_rules.h"
#include "router/http/h2_codec.h"
#include "tests/fuzz/must.h"

namespace zeroway {
namespace {

// Answers as a session would, and accepts every WebSocket.
class Session : public CodecEvents {
 public:
  Session(const HttpLimits& limits, std::uint8_t habits) : codec_(limits, "http"), habits_(habits) {}

  void feed(std::string_view piece) {
    must(codec_.read(as_bytes(piece), *this) == piece.size());
    flush();
  }
  void tick() {
    now_ += std::chrono::seconds(1);
    static_cast<void>(codec_.tick(now_, *this));
    flush();
  }
  void finish() {
    codec_.drain();
    flush();
    codec_.input_ended(*this);
    for (const auto& [stream, one] : std::exchange(open_, {})) {
      must(one.has_ended);  // the others are cancelled
      codec_.reset(stream, Error{Fault::backend, Code::backend_lost, false, ""});
    }
    flush();
    // Replies that the client's window holds may keep the connection open.
    must(codec_.phase() == CodecPhase::closed || codec_.phase() == CodecPhase::timed);
  }

  RequestTerms head(CodecStream stream, Head& head, Last, Kind kind) override {
    must(stream > last_ && breaks_ == 0);
    last_ = stream;
    must(check_request_head(head).has_value());
    open_[stream] = {};
    open_[stream].kind = kind;
    if (kind == Kind::web_socket) {
      Head reply{{":status", "200"}};
      codec_.accept_web_socket(stream, reply, WebSocketTerms{});
      return {};
    }
    if ((habits_ & 1) != 0) codec_.credit(stream, 1'000);
    if ((habits_ & 6) == 6) answer(stream);
    return {};
  }
  void data(CodecStream stream, Bytes bytes) override {
    must(is_open(stream) && !bytes.empty());
    Stream& one = open_[stream];
    must(!one.has_ended);
    one.received += bytes.size();
    must(one.received <= kOpeningWindow + one.credited + ((habits_ & 1) != 0 ? 1'000 : 0));
    if ((habits_ & 8) == 0) return;
    one.credited += bytes.size();
    codec_.credit(stream, static_cast<std::uint32_t>(bytes.size()));
  }
  void piece(CodecStream stream, Bytes bytes, MessageKind kind, Last last) override {
    must(is_open(stream) && open_[stream].kind == Kind::web_socket && !open_[stream].has_ended);
    Stream& one = open_[stream];
    one.received += message_credit(bytes.size());
    must(one.received <= kOpeningWindow + one.credited);
    if ((habits_ & 4) != 0) codec_.piece(stream, bytes, kind, last);
    if ((habits_ & 8) == 0) return;
    one.credited += message_credit(bytes.size());
    codec_.credit(stream, static_cast<std::uint32_t>(message_credit(bytes.size())));
  }
  void end(CodecStream stream, Head& trailers) override {
    must(is_open(stream) && !open_[stream].has_ended);
    open_[stream].has_ended = true;
    must(check_trailers(trailers).has_value());
    if (open_[stream].kind == Kind::web_socket) {
      open_.erase(stream);
      Head none;
      return codec_.end(stream, none);
    }
    if ((habits_ & 16) == 0) answer(stream);
  }
  void reset(CodecStream stream, const Error& error) override {
    must(is_open(stream) || stream > last_);
    last_ = std::max(last_, stream);
    if (error.code == Code::cancelled) {
      open_.erase(stream);
    } else if (is_open(stream) && open_[stream].kind == Kind::web_socket) {
      open_.erase(stream);
      codec_.reset(stream, error);
    } else {
      answer(stream);
    }
  }
  void drained(CodecStream stream, std::size_t bytes) override {
    if (!is_open(stream) || open_[stream].kind == Kind::web_socket) return;
    must(open_[stream].held >= bytes);
    open_[stream].held -= bytes;
  }
  void broken(const Error& error, Breach) override {
    must(++breaks_ == 1 && !error.detail.empty());
    open_.clear();
  }

 private:
  struct Stream {
    std::uint64_t received = 0, credited = 0, held = 0;
    bool has_ended = false;
    Kind kind = Kind::request;
  };

  [[nodiscard]] bool is_open(CodecStream stream) const { return open_.count(stream) == 1; }
  void flush() {
    codec_.flush((habits_ & 32) != 0 ? 5'000 : 1 << 20, *this);
    codec_.output().clear();
  }
  void answer(CodecStream stream) {
    Head head{{":status", "200"}};
    Head trailers;
    if ((habits_ & 64) != 0) trailers.add("x-sum", "1");
    codec_.head(stream, head, Last::no);
    open_[stream].held += 5;
    codec_.data(stream, as_bytes("hello"));
    open_.erase(stream);
    if ((habits_ & 128) != 0) {
      codec_.reset(stream, Error{Fault::backend, Code::backend_lost, false, ""});
    } else {
      codec_.end(stream, trailers);
    }
  }

  H2Codec codec_;
  std::uint8_t habits_;
  Time now_{std::chrono::seconds(100)};
  CodecStream last_ = 0;
  int breaks_ = 0;
  std::map<CodecStream, Stream> open_;
};

void run(std::uint8_t habits, std::string_view input, std::size_t size) {
  HttpLimits limits;
  limits.max_head = 4'096;
  limits.max_streams = 8;
  Session session(limits, habits);
  session.feed("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  for (std::size_t at = 0; at < input.size(); at += size) session.feed(input.substr(at, size));
  session.tick();
  session.finish();
}

}  // namespace
}  // namespace zeroway

// The first byte sets the session's habits, the second the cuts; the preface is given.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zeroway;
  if (size < 2) return 0;
  const auto input = as_text({data + 2, size - 2});
  run(data[0], input, input.size() + 1);
  run(data[0], input, 1u + data[1]);
  return 0;
}
