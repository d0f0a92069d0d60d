#include "proto/append_bytes.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("append bytes: every size is appended whole and in order") {
  std::string source;
  for (std::size_t i = 0; i < 3 * kCopyPiece + 1; ++i) source += static_cast<char>(i * 7 % 251);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kCopyPiece - 1, kCopyPiece, kCopyPiece + 1, 2 * kCopyPiece, source.size()}) {
    CAPTURE(size);
    std::string out = "before";
    append_bytes(out, as_bytes(source).first(size));
    CHECK(out == "before" + source.substr(0, size));
  }
}
