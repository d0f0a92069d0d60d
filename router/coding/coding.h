// The content codings that the router knows (RFC 9110 §8.4.1, RFC 7932, RFC 8878).
//
// Owner: nobody; a word and its names.   Thread: any.
// Not here: which one a client gets (coding/choose_coding.h), the coding itself (coding/coder.h).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace zeroway {

enum class Coding : std::uint8_t { br, zstd, gzip, identity };
inline constexpr std::size_t kCodings = 4;

// As Content-Encoding names it; "" for identity.
[[nodiscard]] constexpr std::string_view coding_name(Coding coding) {
  constexpr std::array<std::string_view, kCodings> kNames{"br", "zstd", "gzip", ""};
  return kNames[static_cast<std::size_t>(coding)];
}

}  // namespace zeroway
