#include "worker-sdk/src/wire/service_records.h"

#include <doctest/doctest.h>

#include <random>

using namespace zeroway;

namespace {

std::string order_of(std::vector<ServiceRecord> records, const Draw& draw) {
  put_in_order(records, draw);
  std::string order;
  for (const ServiceRecord& record : records) order += record.host;
  return order;
}

}  // namespace

TEST_CASE("service records: the lowest priority is first, whatever the weights say (RFC 2782)") {
  const std::vector<ServiceRecord> records = {{20, 100, 1, "c"}, {10, 0, 1, "b"}, {0, 1, 1, "a"}, {65535, 7, 1, "d"}};
  CHECK(order_of(records, [](std::uint32_t) { return 0U; }) == "abcd");
  CHECK(order_of(records, [](std::uint32_t most) { return most; }) == "abcd");
  CHECK(order_of({}, [](std::uint32_t) { return 0U; }).empty());
}

TEST_CASE("service records: among one priority the number that is drawn finds its place in the running sum") {
  const std::vector<ServiceRecord> records = {{0, 30, 1, "c"}, {0, 10, 1, "b"}, {0, 0, 1, "a"}};
  std::vector<std::uint32_t> sums;
  const auto drawn = [&](std::uint32_t first) {
    sums.clear();
    return order_of(records, [&](std::uint32_t most) {
      sums.push_back(most);
      return sums.size() == 1 ? first : 0U;
    });
  };
  CHECK(drawn(0) == "abc");
  CHECK(drawn(1) == "bac");
  CHECK(drawn(10) == "bac");
  CHECK(sums == std::vector<std::uint32_t>{40, 30, 30});
  CHECK(drawn(11) == "cab");
  CHECK(drawn(40) == "cab");
}

TEST_CASE("service records: a weight is the share of the cases in which a record is first") {
  const std::vector<ServiceRecord> records = {{0, 1, 1, "a"}, {0, 3, 1, "b"}};
  std::mt19937 random(1);
  int first = 0;
  for (int i = 0; i < 4'000; ++i) {
    // Exactly in proportion, 0 must not be drawn: it belongs to records of weight 0.
    const std::string order = order_of(
        records, [&](std::uint32_t most) { return std::uniform_int_distribution<std::uint32_t>(1, most)(random); });
    first += order == "ba" ? 1 : 0;
  }
  CHECK(first > 2'800);
  CHECK(first < 3'200);
}
