// A session that hears the same bytes in every way that a network may cut them.
#pragma once
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/support/chopper.h"
#include "tests/zmtp/zmtp_bytes.h"
#include "tests/zmtp/zmtp_hearer.h"

namespace zeroway::test {

// Says `bytes` to new sessions, cut in every way, and looks that all come to the same. Returns what the first came to.
inline std::string seen_in_every_cut(const ZmtpTerms& terms, const std::string& bytes) {
  Hearer whole(terms);
  const std::string expected = seen(whole, {bytes});
  for_each_chopping(bytes, [&](const Chopping& chopping) {
    INFO(chopping.name);
    Hearer hearer(terms);
    CHECK(seen(hearer, chopping.pieces) == expected);
  });
  for (std::size_t at = 1; at < bytes.size() && bytes.size() <= 4'096; ++at) {
    INFO("cut at ", at);
    Hearer hearer(terms);
    CHECK(seen(hearer, {std::string_view(bytes).substr(0, at), std::string_view(bytes).substr(at)}) == expected);
  }
  return expected;
}

}  // namespace zeroway::test
