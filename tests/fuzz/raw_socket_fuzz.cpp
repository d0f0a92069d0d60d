// Any bytes behind a RawSocket's handshake: cut in two, they are the same messages as whole; none is longer than was
// announced.
#include <string>

#include "router/wamp/raw_socket_reader.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

constexpr std::size_t kMost = 512;

class Record final : public RawSocketEvents {
 public:
  void piece(Bytes bytes, Last last) override {
    size_ += bytes.size();
    must(size_ <= kMost);
    text += as_text(bytes);
    if (last == Last::no) return;
    text += '|';
    size_ = 0;
  }
  void ping(Bytes payload) override { text.append("?").append(as_text(payload)); }
  void pong(Bytes payload) override { text.append("!").append(as_text(payload)); }

  std::string text;

 private:
  std::size_t size_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t cut = data[0] % size;
  const Bytes bytes(data, size);
  Record whole;
  Record halves;
  RawSocketReader reader(whole, kMost);
  RawSocketReader other(halves, kMost);
  const bool is_good = reader.take(bytes);
  must(is_good == (other.take(bytes.first(cut)) && other.take(bytes.subspan(cut))));
  must(whole.text == halves.text);
  return 0;
}
