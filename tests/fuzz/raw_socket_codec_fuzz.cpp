// Any bytes of a client that speaks RawSocket, or does not: nothing is told of a stream that is over, messages are no
// longer than was announced, and each byte is read or waits for credit.
#include <string>

#include "router/http/raw_socket_codec.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

constexpr std::size_t kMost = 1'024;

class Listener final : public CodecEvents {
 public:
  RequestTerms head(CodecStream, Head& head, Last, Kind kind) override {
    must(!is_open && !is_over && kind == Kind::web_socket);
    protocol = *head.find("sec-websocket-protocol");
    is_open = true;
    return {};
  }
  void data(CodecStream, Bytes) override { must(false); }
  void piece(CodecStream, Bytes bytes, MessageKind, Last last) override {
    must(is_open && !is_over);
    size_ = bytes.size() + size_;
    must(size_ <= kMost);
    codec->credit(1, message_credit(bytes.size()));
    if (last == Last::yes) size_ = 0;
  }
  void end(CodecStream, Head&) override { over(); }
  void reset(CodecStream, const Error&) override { over(); }
  void broken(const Error&, Breach) override {
    must(!is_over);
    is_over = true;
  }

  Codec* codec = nullptr;
  std::string protocol;
  bool is_open = false, is_over = false;

 private:
  void over() {
    must(is_open && !is_over);
    is_over = true;
  }
  std::size_t size_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  Listener listener;
  RawSocketCodec codec({.scheme = "http", .authority = "a", .path = "/", .most = kMost});
  listener.codec = &codec;
  const std::size_t step = 1 + data[0] % 64;
  std::string kept;
  bool is_accepted = false;
  for (Bytes rest(data + 1, size - 1); !rest.empty();) {
    const Bytes some = rest.first(std::min(step, rest.size()));
    rest = rest.subspan(some.size());
    kept += as_text(some);
    kept.erase(0, codec.read(as_bytes(kept), listener));
    if (!listener.is_open || listener.is_over || is_accepted) continue;
    is_accepted = true;
    Head head{{":status", "200"}, {"sec-websocket-protocol", listener.protocol}};
    codec.accept_web_socket(1, head, {});
    kept.erase(0, codec.read(as_bytes(kept), listener));
  }
  must(kept.size() < 4 || !codec.wants_input());
  codec.input_ended(listener);
  must(listener.is_over || !listener.is_open);
  return 0;
}
