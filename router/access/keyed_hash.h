// A hash that nobody outside can foresee (SipHash-2-4): no client can choose two keys that meet.
//
// Owner: whoever keeps a table by it; a value.   Thread: any.
// Not here: hashes that must be the same in every process (route/text_hash.h).
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace zeroway {

class KeyedHash {
 public:
  using Secret = std::array<std::uint64_t, 2>;

  explicit KeyedHash(const Secret& secret) : secret_(secret) {}
  // With a secret from the kernel.
  [[nodiscard]] static KeyedHash make();

  [[nodiscard]] std::uint64_t of(std::string_view text) const;

 private:
  Secret secret_;
};

}  // namespace zeroway
