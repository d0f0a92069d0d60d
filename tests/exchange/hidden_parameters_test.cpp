#include "router/exchange/hidden_parameters.h"

#include <doctest/doctest.h>

using namespace zeroway;

namespace {

std::string shown(std::string_view target, const std::vector<std::string>& names = {"token", "t"}) {
  std::string storage;
  return std::string(hide_in_target(target, names, storage));
}

}  // namespace

TEST_CASE("hidden parameters: each value of a secret parameter is replaced, wherever it stands") {
  CHECK(shown("/a?token=s") == "/a?token=***");
  CHECK(shown("/a?b=1&token=s&c=2") == "/a?b=1&token=***&c=2");
  CHECK(shown("/?token=s&t=u&token=v=w&") == "/?token=***&t=***&token=***&");
  CHECK(shown("https://a.test/x?token=s?token=u") == "https://a.test/x?token=***");
  CHECK(shown("/?token=") == "/?token=***");
}

TEST_CASE("hidden parameters: everything else is shown as it is, and not copied") {
  for (const std::string_view target :
       {"", "/", "/a?", "/a?&&", "/token=s", "/?tokens=s&xtoken=s&Token=s", "/?token"}) {
    std::string storage;
    CHECK(hide_in_target(target, {"token"}, storage).data() == target.data());
    CHECK(shown(target) == target);
  }
  CHECK(shown("/?token=s", {}) == "/?token=s");
}

TEST_CASE("hidden parameters: a query alone") {
  std::string storage;
  CHECK(hide_in_query("a=1&token=s", {"token"}, storage) == "a=1&token=***");
  CHECK(hide_in_query("", {"token"}, storage).empty());
}
