#include "router/access/authorization.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("authorization: scheme in lower case, credentials behind the spaces") {
  CHECK_FALSE(read_authorization({})->has_value());
  const Head head{{"authorization", "BASIC   YTpi"}};
  const auto read = read_authorization(head);
  REQUIRE((read && *read));
  CHECK((*read)->scheme == "basic");
  CHECK((*read)->credentials == "YTpi");
}

TEST_CASE("authorization: two fields are refused, also the same twice") {
  const Head head{{"authorization", "Basic YTpi"}, {"authorization", "Basic YTpi"}};
  CHECK(read_authorization(head).error().code == Code::bad_request);
}

TEST_CASE("credentials: user and password; the password may hold colons and be empty (RFC 7617 §2)") {
  const auto read = read_credentials("YTpiOmM=");  // a:b:c
  REQUIRE(read);
  CHECK(read->user == "a");
  CHECK(read->password == "b:c");
  CHECK(read_credentials("YTo=")->password.empty());
  CHECK(read_credentials("asO2OnDDpA==")->user == "j\xc3\xb6");  // UTF-8
}

TEST_CASE("credentials: no colon, no user, control characters, and loose base64 are refused") {
  for (const char* text : {"YQ==", "OmI=", "YTpi\n", "YTpi=", "YTpi, Basic YTpj", "YToA", "YToK", "YTp/", ""})
    CHECK_MESSAGE(!read_credentials(text), text);
  CHECK_FALSE(read_credentials(std::string(2'000, 'A')));
}
