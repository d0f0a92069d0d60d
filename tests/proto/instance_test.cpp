#include "proto/instance.h"

#include <doctest/doctest.h>

using namespace zeroway;

TEST_CASE("instance: the name, a mark and sixteen digits, new each time") {
  const std::string first = make_instance("worker-1");
  CHECK(first.starts_with("worker-1#"));
  CHECK(first.size() == std::string("worker-1#").size() + 16);
  CHECK(first.find_first_not_of("0123456789abcdef", 9) == std::string::npos);
  CHECK(first != make_instance("worker-1"));
}
