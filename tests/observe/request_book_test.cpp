#include "router/observe/request_book.h"

#include <doctest/doctest.h>

#include "router/observe/limits.h"

using namespace zeroway;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

constexpr Time kStart{std::chrono::hours(1)};

// Tells the book of requests that are over.
struct Teller {
  RequestBook book;
  Time now = kStart;
  WallTime wall{std::chrono::hours(12)};

  void tell(const std::string& path, milliseconds total, bool has_failed, bool is_timed = true) {
    wall += milliseconds(1);
    if (!book.wants(has_failed, is_timed, total, now)) return;
    RequestRecord record{.ended = wall};
    record.path = path;
    record.total_time = total;
    record.reason = has_failed ? "backend_lost" : "";
    book.note({record, has_failed ? "backend" : "router", {}}, has_failed, is_timed);
  }
};

bool names(const KeptRequest& request, const std::string& path) {
  return request.json.find("\"path\":\"" + path + "\"") != std::string::npos;
}

}  // namespace

TEST_CASE("request book: the last failed requests are kept, the newest first") {
  Teller t;
  for (std::size_t n = 0; n < kMostFailed + 10; ++n) t.tell("/" + std::to_string(n), milliseconds(0), true);
  const auto failed = t.book.failed();
  REQUIRE(failed.size() == kMostFailed);
  CHECK(names(failed.front(), "/" + std::to_string(kMostFailed + 9)));
  CHECK(names(failed.back(), "/10"));
}

TEST_CASE("request book: the slowest requests of two periods, the slowest first") {
  Teller t;
  for (int n = 1; n <= 300; ++n) t.tell("/" + std::to_string(n), milliseconds(n), false);
  const auto slow = t.book.slow();
  REQUIRE(slow.size() == kMostSlow);
  CHECK(names(slow.front(), "/300"));
  CHECK(names(slow.back(), "/201"));
  CHECK(t.book.failed().empty());
  t.now += kSlowPeriod;
  t.tell("/later", milliseconds(250), false);
  CHECK(names(t.book.slow().front(), "/300"));
  t.now += kSlowPeriod;
  t.tell("/last", milliseconds(1), false);
  CHECK_MESSAGE(names(t.book.slow().front(), "/later"), "those of the period before the last one are gone");
  CHECK(t.book.slow().size() == 2);
}

TEST_CASE("request book: after a long silence nothing old is told as slow") {
  Teller t;
  t.tell("/old", milliseconds(9'000), false);
  t.now += 3 * kSlowPeriod;
  t.tell("/new", milliseconds(1), false);
  REQUIRE(t.book.slow().size() == 1);
  CHECK(names(t.book.slow().front(), "/new"));
}

TEST_CASE("request book: a WebSocket that was open for hours is not slow") {
  Teller t;
  t.tell("/ws", std::chrono::hours(5), false, false);
  CHECK(t.book.slow().empty());
  t.tell("/ws", std::chrono::hours(5), true, false);
  CHECK(t.book.slow().empty());
  CHECK(t.book.failed().size() == 1);
}

TEST_CASE("request book: the attempts before the last one are told") {
  RequestBook book;
  const std::vector<LostAttempt> lost{{"w1", microseconds(1'500), microseconds(20'000), "backend_lost"},
                                      {"", microseconds(0), microseconds(0), "no_backend"}};
  RequestRecord record{.ended = WallTime{}};
  record.path = "/x\"y";
  book.note({record, "backend", lost}, true, true);
  const std::string json = book.failed().front().json;
  CHECK(json.find(R"("ended_by":"backend","lost":[{"worker":"w1","queue_ms":1.500,"backend_ms":20.000,"reason":)"
                  R"("backend_lost"},{"worker":"","queue_ms":0.000,"backend_ms":0.000,"reason":"no_backend"}]})") !=
        std::string::npos);
  CHECK(json.starts_with("{\"time\":"));
  CHECK(json.find('\n') == std::string::npos);
}

TEST_CASE("request book: requests of several loops are one list") {
  std::vector<KeptRequest> two{{WallTime{std::chrono::seconds(1)}, microseconds(5), "a"},
                               {WallTime{std::chrono::seconds(2)}, microseconds(1), "b"},
                               {WallTime{std::chrono::seconds(3)}, microseconds(3), "c"}};
  CHECK(newest_of(two, 2)[0].json == "c");
  CHECK(newest_of(two, 2).size() == 2);
  CHECK(slowest_of(two, 9)[0].json == "a");
  CHECK(slowest_of(two, 9).size() == 3);
}
