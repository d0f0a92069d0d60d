#include "router/settings/units.h"

#include <doctest/doctest.h>

using namespace zeroway;
using namespace std::chrono_literals;

TEST_CASE("units: sizes") {
  CHECK(read_size("0") == 0);
  CHECK(read_size("65536") == 65'536);
  CHECK(read_size("64KiB") == 65'536);
  CHECK(read_size("64k") == 65'536);
  CHECK(read_size("1 MiB") == 1'048'576);
  CHECK(read_size("1MB") == 1'000'000);
  CHECK(read_size("2g") == 2'147'483'648);
  for (const char* wrong : {"", "k", "1 ", "-1", "1.5k", "1x", "1kk", "99999999999t", "18446744073709551616"}) {
    CAPTURE(wrong);
    CHECK_FALSE(read_size(wrong));
  }
}

TEST_CASE("units: times, a plain number is seconds") {
  CHECK(read_time("5") == 5s);
  CHECK(read_time("0.5") == 500ms);
  CHECK(read_time("500ms") == 500ms);
  CHECK(read_time("1m") == 60s);
  CHECK(read_time("1.5h") == 90min);
  CHECK(read_time("2 d") == 48h);
  for (const char* wrong : {"", "s", "5 ", "soon", "-1s", "-0", "5 parsecs", "1e99", "nan", "inf", "9999999999d"}) {
    CAPTURE(wrong);
    CHECK_FALSE(read_time(wrong));
  }
}
