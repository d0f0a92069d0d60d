#include "router/exchange/setup_reply.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {

struct Place {
  const char* said;
  const char* place;
};

}  // namespace

TEST_CASE("setup reply: no path leads out of the service, or to another host") {
  for (const Place& one : {Place{"", "/s1/a/"},
                           {"tree", "/s1/a/tree"},
                           {"/tree/x?a=b&c=%20", "/s1/a/tree/x?a=b&c=%20"},
                           {"//evil.test", "/s1/a/evil.test"},
                           {"https://evil.test/", "/s1/a/https://evil.test/"},
                           {"\\\\evil.test", "/s1/a/%5C%5Cevil.test"},
                           {"/\t/evil.test", "/s1/a/%09/evil.test"},
                           {"a\r\nset-cookie: x=1", "/s1/a/a%0D%0Aset-cookie:%20x=1"},
                           {"x/../y", "/s1/a/y"},
                           {"x/%2e%2e//evil.test", "/s1/a/evil.test"},
                           {"a#b", "/s1/a/a%23b"},
                           {"100%", "/s1/a/100%25"},
                           {"\xc3\xa4", "/s1/a/%C3%A4"}}) {
    const auto made = place_below("/s1/a", one.said);
    REQUIRE_MESSAGE(made.has_value(), one.said);
    CHECK_MESSAGE(*made == one.place, one.said);
  }
  for (const char* wrong : {"..", "../b/", "x/../../b", "%2e%2e/b", "%00"})
    CHECK_MESSAGE(!place_below("/s1/a", wrong), wrong);
  CHECK(*place_below("", "//evil.test") == "/evil.test");
  CHECK(*place_below("", "/.//evil.test") == "/evil.test");
  CHECK(*place_below("", "/\\evil.test") == "/%5Cevil.test");
}

TEST_CASE("setup reply: at the host of a service only GET of /setup with a token asks for a permit") {
  const auto asks = [](const char* method, const char* path) {
    return asks_for_permit(Head{{":method", method}, {":path", path}});
  };
  CHECK(asks("GET", "/setup?token=x"));
  CHECK(asks("GET", "/setup?path=/a&token="));
  for (const char* other : {"/setup", "/setup?", "/setup?tokens=x", "/setup/?token=x", "/setupx?token=x", "/?token=x"})
    CHECK_MESSAGE(!asks("GET", other), other);
  CHECK(!asks("POST", "/setup?token=x"));
}
