#include "router/access/keyed_hash.h"

#include <bit>
#include <cstring>
#include <random>

namespace zeroway {

namespace {

// The state of SipHash (Aumasson and Bernstein, 2012).
struct State {
  std::uint64_t a, b, c, d;

  void round() {
    a += b;
    b = std::rotl(b, 13) ^ a;
    a = std::rotl(a, 32);
    c += d;
    d = std::rotl(d, 16) ^ c;
    a += d;
    d = std::rotl(d, 21) ^ a;
    c += b;
    b = std::rotl(b, 17) ^ c;
    c = std::rotl(c, 32);
  }
  void take(std::uint64_t word) {
    d ^= word;
    round();
    round();
    a ^= word;
  }
};

std::uint64_t word_of(std::string_view bytes) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data(), bytes.size());
  return word;
}

}  // namespace

KeyedHash KeyedHash::make() {
  std::random_device random;
  const auto word = [&] { return std::uint64_t{random()} << 32 | random(); };
  const std::uint64_t first = word();
  return KeyedHash({first, word()});
}

std::uint64_t KeyedHash::of(std::string_view text) const {
  State state{secret_[0] ^ 0x736f'6d65'7073'6575, secret_[1] ^ 0x646f'7261'6e64'6f6d,
              secret_[0] ^ 0x6c79'6765'6e65'7261, secret_[1] ^ 0x7465'6462'7974'6573};
  const std::uint64_t size = text.size();
  for (; text.size() >= 8; text.remove_prefix(8)) state.take(word_of(text.substr(0, 8)));
  state.take(word_of(text) | size << 56);
  state.c ^= 0xff;
  for (int round = 0; round < 4; ++round) state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace zeroway
