#include "worker-sdk/src/wire/join_report.h"

#include <doctest/doctest.h>

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

const JoinReport::TimePoint kStart = JoinReport::TimePoint() + 1h;

}  // namespace

TEST_CASE("report: a cause is told once it is a second old, once, and again when it changes") {
  JoinReport report;
  CHECK(report.due_at() == JoinReport::TimePoint::max());
  report.failed("refused", kStart);
  CHECK_FALSE(report.due(kStart + 999ms).has_value());
  CHECK(report.due(kStart + 1s) == "refused");
  report.failed("refused", kStart + 2s);
  CHECK_FALSE(report.due(kStart + 1h).has_value());
  report.failed("no router", kStart + 2h);
  CHECK(report.due(kStart + 2h) == "no router");
}

TEST_CASE("report: a connection that comes about within a second needs no words; the next failure is a new one") {
  JoinReport report;
  report.failed("refused", kStart);
  report.joined();
  CHECK_FALSE(report.due(kStart + 1h).has_value());
  report.failed("refused", kStart + 2h);
  CHECK(report.due(kStart + 2h + 1s) == "refused");
}

TEST_CASE("report: causes that alternate are told more and more rarely") {
  JoinReport report;
  int lines = 0;
  for (int i = 0; i < 600; ++i) {  // ten minutes
    report.failed(i % 2 == 0 ? "refused" : "no router", kStart + i * 1s);
    lines += report.due(kStart + i * 1s) ? 1 : 0;
  }
  CHECK(lines > 10);
  CHECK(lines < 20);
}
