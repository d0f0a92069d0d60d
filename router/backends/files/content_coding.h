// Content codings of files that lie beside each other ("page.html", "page.html.br"), and which one a client prefers.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: coding (nothing is compressed here), which files there are (files/known_files.h).
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "proto/head.h"

namespace zeroway {

// In the order of our liking when a client likes several equally: the smallest result first.
enum class Coding : std::uint8_t { br, zstd, gzip, identity };
inline constexpr std::size_t kCodings = 4;

// As Content-Encoding names it; "" for identity.
[[nodiscard]] std::string_view coding_name(Coding coding);
// Of the file: ".br".
[[nodiscard]] std::string_view coding_suffix(Coding coding);

// A coding for each bit that is set, bit 0 is Coding::br.
using CodingSet = std::uint8_t;
[[nodiscard]] constexpr CodingSet coding_bit(Coding coding) {
  return static_cast<CodingSet>(1U << static_cast<unsigned>(coding));
}

// The coding of `there` that the request likes best (RFC 9110 §12.5.3). Identity without Accept-Encoding, and when
// the request accepts none of them: a reply that the client may not read is better than none.
[[nodiscard]] Coding choose_coding(const Head& request, CodingSet there);

}  // namespace zeroway
