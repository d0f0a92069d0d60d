#include "router/access/keyed_hash.h"

#include <doctest/doctest.h>

#include <string>

namespace zeroway {

TEST_CASE("keyed hash: the values of SipHash-2-4 (Aumasson and Bernstein, appendix A)") {
  const KeyedHash hash({0x0706'0504'0302'0100, 0x0f0e'0d0c'0b0a'0908});
  std::string text;
  for (char c = 0; c < 15; ++c) text += c;
  CHECK(hash.of(text) == 0xa129'ca61'49be'45e5);
  CHECK(hash.of("") == 0x726f'db47'dd0e'0e31);
}

TEST_CASE("keyed hash: another secret, another hash") {
  CHECK(KeyedHash::make().of("10.0.0.1") != KeyedHash::make().of("10.0.0.1"));
}

}  // namespace zeroway
