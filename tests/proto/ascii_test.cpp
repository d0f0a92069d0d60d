#include "proto/ascii.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("ascii: 26 letters have a lower case, no other byte is changed") {
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    CHECK(to_lower(c) == (byte >= 65 && byte <= 90 ? static_cast<char>(byte + 32) : c));
  }
}

TEST_CASE("ascii: spaces and tabs go at both ends, and nothing else") {
  CHECK(trimmed("") == "");
  CHECK(trimmed(" \t ") == "");
  CHECK(trimmed("\t a b\t") == "a b");
  CHECK(trimmed("\r\na\v") == "\r\na\v");
}

TEST_CASE("ascii: words are the same without regard to the case of letters") {
  CHECK(is_same_word("", ""));
  CHECK(is_same_word("Keep-Alive", "keep-aLIVE"));
  CHECK_FALSE(is_same_word("close", "closed"));
  CHECK_FALSE(is_same_word("[", "{"));  // 32 apart, and no letters
  CHECK_FALSE(is_same_word("\xc4", "\xe4"));
}
