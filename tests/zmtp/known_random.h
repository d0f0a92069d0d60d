// Random bytes that are known before.
#pragma once
#include <sodium.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace zeroway::test {

// While one lives, libsodium draws these bytes, then zeros.
class KnownRandom {
 public:
  explicit KnownRandom(std::string bytes) {
    prepare();
    left() = std::move(bytes);
    is_short() = false;
    randombytes_set_implementation(&implementation());
  }
  KnownRandom(const KnownRandom&) = delete;
  KnownRandom& operator=(const KnownRandom&) = delete;
  ~KnownRandom() { randombytes_set_implementation(&randombytes_sysrandom_implementation); }

  [[nodiscard]] static std::string& left() {
    static std::string bytes;
    return bytes;
  }
  // Whether more was drawn than there was.
  [[nodiscard]] static bool& is_short() {
    static bool value = false;
    return value;
  }

 private:
  // libsodium begins with bytes of its own.
  static void prepare() {
    static const int prepared = sodium_init();
    static_cast<void>(prepared);
  }
  static void draw(void* out, std::size_t size) {
    auto* bytes = static_cast<char*>(out);
    const std::size_t known = std::min(size, left().size());
    std::fill(std::copy_n(left().begin(), known, bytes), bytes + size, '\0');
    left().erase(0, known);
    is_short() |= known < size;
  }
  static randombytes_implementation& implementation() {
    static randombytes_implementation known{.implementation_name = [] { return "known"; },
                                            .random = [] { return std::uint32_t{0}; },
                                            .stir = nullptr,
                                            .uniform = nullptr,
                                            .buf = draw,
                                            .close = nullptr};
    return known;
  }
};

}  // namespace zeroway::test
