// Any body, cut and flushed anywhere, by any coder: it comes back whole, and before each pause all that was given can
// be decoded. A coder that codes one body after another mixes nothing.
#include <array>
#include <string>

#include "router/coding/coder_pool.h"
#include "tests/fuzz/must.h"
#include "tests/support/decode.h"

using namespace zeroway;

namespace {

constexpr std::array kCoders{Coding::gzip, Coding::zstd, Coding::br};

CoderPool& pool() {
  static CoderPool all;
  return all;
}

CoderKind kind_of(std::uint8_t byte) {
  CodingTerms terms;
  terms.gzip_level = 1 + byte / 6 % 9;
  terms.br_level = 1 + byte / 6 % 5;
  terms.zstd_level = 1 + byte / 6 % 9;
  return coder_kind(kCoders[byte % 3], byte / 3 % 2 == 0 ? BodyKind::usual : BodyKind::events, terms);
}

}  // namespace

// A byte for the coder; then, for each piece: its size, what follows and how often it is repeated, and its bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const CoderKind kind = kind_of(data[0]);
  must(pool().book(kind));
  auto coder = pool().take(kind);
  must(coder != nullptr);
  std::string given, out;
  for (std::size_t at = 1; at + 2 <= size && given.size() < 400'000;) {
    const std::size_t length = std::min<std::size_t>(data[at], size - at - 2);
    const Follows follows = data[at + 1] % 2 == 0 ? Follows::more : Follows::pause;
    std::string piece;
    for (int copies = data[at + 1] / 2; copies >= 0; --copies) piece.append(as_text({data + at + 2, length}));
    given += piece;
    must(coder->code(as_bytes(piece), follows, out));
    if (follows == Follows::pause) must(test::decode(kind.coding, out).text == given);
    at += 2 + length;
  }
  must(coder->code({}, Follows::nothing, out));
  const auto decoded = test::decode(kind.coding, out);
  must(decoded.is_whole && decoded.text == given);
  pool().give_back(kind, std::move(coder));
  return 0;
}
