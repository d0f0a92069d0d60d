// Codings of files that lie beside each other ("page.html", "page.html.br"), and which one a client gets.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: reading Accept-Encoding (router/coding/choose_coding.h), which files there are (files/known_files.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/head.h"
#include "router/coding/choose_coding.h"
#include "router/coding/coding.h"

namespace zeroway {

// Of the file: ".br"; "" for identity.
[[nodiscard]] std::string_view coding_suffix(Coding coding);

// A coding for each bit that is set, bit 0 is Coding::br.
using CodingSet = std::uint8_t;
[[nodiscard]] constexpr CodingSet coding_bit(Coding coding) {
  return static_cast<CodingSet>(1U << static_cast<unsigned>(coding));
}

// The coding of `there` that the request likes best; of those that it likes equally, the one that is usually smallest.
[[nodiscard]] Coding choose_coding(const Head& request, CodingSet there);

}  // namespace zeroway
