#include "router/net/tls_time.h"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>

using namespace zeroway;

namespace {

std::optional<WallTime> time_at(const char* text) {
  const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> time(ASN1_TIME_new(), ASN1_TIME_free);
  REQUIRE(ASN1_TIME_set_string(time.get(), text) == 1);
  return wall_time_of(time.get());
}

}  // namespace

TEST_CASE("times of certificates: the last day of all is no day that has passed") {
  CHECK(time_at("261130120000Z") == WallTime(std::chrono::seconds(1'796'040'000)));
  CHECK(time_at("99991231235959Z") == std::chrono::time_point_cast<std::chrono::seconds>(WallTime::max()));
  CHECK(time_at("00010101000000Z") < WallTime(std::chrono::seconds(0)));
  CHECK(wall_time_of(nullptr) == std::nullopt);
}
