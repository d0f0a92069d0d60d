#include "proto/weighted_list.h"

#include <doctest/doctest.h>

#include <string>

using namespace zeroway;

namespace {

// "gzip=500 br=1000"
std::string read(std::string_view list) {
  std::string text;
  while (!list.empty()) {
    const WeightedName member = take_weighted(list);
    text += (text.empty() ? "" : " ") + std::string(member.name) + "=" + std::to_string(member.weight);
  }
  return text;
}

}  // namespace

TEST_CASE("weighted list: names, weights and white space (RFC 9110 §12.4.2)") {
  CHECK(read("").empty());
  CHECK(read("br") == "br=1000");
  CHECK(read("gzip;q=0.5, br ; Q=1.0 ,identity;q=0") == "gzip=500 br=1000 identity=0");
  CHECK(read("text/html;level=1;q=0.7,*/*;q=0.123") == "text/html=700 */*=123");
  CHECK(read("a,,b") == "a=1000 =1000 b=1000");
}

TEST_CASE("weighted list: a text that is no weight is 0") {
  for (const char* weight : {"", "2", "-1", "0,5", "0.1234", "x", ".5", "1 .0"})
    CHECK_MESSAGE(read(std::string("a;q=") + weight).starts_with("a=0"), weight);
  CHECK(read("a;q=1.999") == "a=1000");
}
