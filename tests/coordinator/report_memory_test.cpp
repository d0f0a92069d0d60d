#include "router/coordinator/report_memory.h"

#include <doctest/doctest.h>

#include "router/coordinator/limits.h"

using namespace zeroway;

TEST_CASE("report memory: only what is new is told, and it is told once") {
  ReportMemory memory;
  CoordinatorReport now;
  now.circuits = {{"c1", 3, 1}, {"c2"}};
  now.backends = {{"c1", "a:1", true}, {"c1", "b:1", false}};
  CoordinatorReport news = memory.news(now);
  REQUIRE(news.circuits.size() == 1);
  CHECK(news.circuits.front().id == "c1");
  REQUIRE(news.backends.size() == 1);
  CHECK(news.backends.front().name == "b:1");
  CHECK(memory.has_changed_health(now));
  memory.told(news, now);
  CHECK(memory.news(now).is_empty());
  CHECK_FALSE(memory.has_changed_health(now));
  now.backends[1].is_healthy = true;
  now.circuits[0].open = 0;
  news = memory.news(now);
  CHECK(news.backends.size() == 1);
  CHECK(news.circuits.size() == 1);
  memory.clear();
  CHECK(memory.news(now).circuits.size() == 1);
  CHECK(memory.news(now).backends.empty());
}

TEST_CASE("report memory: a circuit that went and comes again is new") {
  ReportMemory memory;
  CoordinatorReport now;
  now.backends = {{"c1", "a:1", false}};
  memory.told(memory.news(now), now);
  memory.told({}, {});
  CHECK(memory.has_changed_health(now));
}

TEST_CASE("report memory: a beat is bounded, and the next one tells the others") {
  ReportMemory memory;
  CoordinatorReport now;
  for (std::size_t id = 0; id < kMostReported + 5; ++id) now.circuits.push_back({std::to_string(id), 1});
  CoordinatorReport news = memory.news(now);
  CHECK(news.circuits.size() == kMostReported);
  memory.told(news, now);
  CHECK(memory.news(now).circuits.size() == 5);
}
