#include "router/wamp/auth/common_name.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("common name: the value of the only CN, without its escapes (RFC 4514 §2.4)") {
  CHECK(common_name_of("CN=joe") == "joe");
  CHECK(common_name_of("CN=joe,O=Example,C=DE") == "joe");
  CHECK(common_name_of("O=Example,CN=joe") == "joe");
  CHECK(common_name_of("CN=joe+UID=7,O=Example") == "joe");
  CHECK(common_name_of(R"(CN=Doe\, Joe\+\=,O=Example)") == "Doe, Joe+=");
  CHECK(common_name_of(R"(CN=J\C3\B6e,O=Example)") == "Jöe");
}

TEST_CASE("common name: nobody, when there is none or no single one") {
  CHECK(common_name_of("") == "");
  CHECK(common_name_of("O=Example") == "");
  CHECK(common_name_of("CN=joe,CN=ann") == "");
  CHECK(common_name_of("CN=joe+CN=ann") == "");
  CHECK(common_name_of("O=CN\\=joe") == "");
  CHECK(common_name_of("O=a\\,CN=joe") == "");
  CHECK(common_name_of("CN=#0403abcd") == "");
  CHECK(common_name_of("CN=joe\\") == "");
  CHECK(common_name_of("joe") == "");
}
