#include "proto/escapes.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("escapes: they are decoded, and those that are not whole stay (RFC 3986 §2.1)") {
  CHECK(decode_escapes("http%3A%2F%2Fx%2F+y", ' ') == "http://x/ y");
  CHECK(decode_escapes("a%20b%2Fc") == "a b/c");
  CHECK(decode_escapes("%zz%4") == "%zz%4");
  CHECK(decode_escapes("%") == "%");
  CHECK(decode_escapes("%2") == "%2");
  CHECK(decode_escapes("") == "");
}

TEST_CASE("escapes: a plus is a space only where it is said to be") {
  CHECK(decode_escapes("a+b") == "a+b");
  CHECK(decode_escapes("a+b%2B", ' ') == "a b+");
}
