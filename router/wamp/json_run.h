// How far the characters of a JSON string stand for themselves.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: whether they are UTF-8.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace zeroway {

namespace json_run {

inline constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101U;
inline constexpr std::uint64_t kHighBits = 0x80 * kOnes;

// Whether one of eight bytes is 0.
constexpr std::uint64_t has_zero(std::uint64_t word) { return (word - kOnes) & ~word & kHighBits; }

constexpr bool is_special(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }
// Whether one of eight bytes is.
constexpr bool has_special(std::uint64_t word) {
  const std::uint64_t controls = (word - 0x20 * kOnes) & ~word & kHighBits;
  return (has_zero(word ^ '"' * kOnes) | has_zero(word ^ '\\' * kOnes) | controls) != 0;
}

}  // namespace json_run

// The bytes of `text` before the first quote, backslash or control character (RFC 8259 §7).
[[nodiscard]] inline std::size_t json_run_of(std::string_view text) {
  std::size_t size = 0;
  for (std::uint64_t word = 0; text.size() - size >= sizeof word; size += sizeof word) {
    std::memcpy(&word, text.data() + size, sizeof word);
    if (json_run::has_special(word)) break;
  }
  while (size < text.size() && !json_run::is_special(text[size])) ++size;
  return size;
}

}  // namespace zeroway
