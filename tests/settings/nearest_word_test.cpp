#include "router/settings/nearest_word.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("nearest word: changed, missing and added letters, the first of equals, and none that is far") {
  const std::vector<std::string> known{"port", "retries", "threads", "body-timeout", "head-timeout"};
  CHECK(nearest_word("prot", known) == "port");
  CHECK(nearest_word("retrys", known) == "retries");
  CHECK(nearest_word("thread", known) == "threads");
  CHECK(nearest_word("heady-timeout", known) == "head-timeout");
  CHECK(nearest_word("xeay-timeout", known) == "head-timeout");
  CHECK(nearest_word("bead-timeout", known) == "head-timeout");
  CHECK(nearest_word("boad-timeout", {"body-timeout", "head-timeout"}) == "body-timeout");
  CHECK(nearest_word("gibberish", known) == "");
  CHECK(nearest_word("x", known) == "");
}
