#include "router/observe/events.h"

#include <doctest/doctest.h>

#include "router/observe/limits.h"

using namespace zeroway;

namespace {

constexpr WallTime kNoon{std::chrono::hours(12)};

void add(EventBook& book, int count) {
  for (int n = 0; n < count; ++n) book.add(Event::Kind::reload, "file", std::to_string(n), kNoon);
}

}  // namespace

TEST_CASE("events: a reader gets what is behind the id that it has, in order") {
  EventBook book;
  CHECK(book.latest() == 0);
  CHECK(book.since(0, 10).events.empty());
  book.add(Event::Kind::worker_joined, "w1", "it joined", kNoon);
  book.add(Event::Kind::worker_left, "w1", "it left", kNoon);
  CHECK(book.latest() == 2);
  const EventBook::Batch all = book.since(0, 10);
  REQUIRE(all.events.size() == 2);
  CHECK_FALSE(all.are_missing);
  CHECK(all.events[0].id == 1);
  CHECK(all.events[0].kind == Event::Kind::worker_joined);
  CHECK(all.events[0].subject == "w1");
  CHECK(all.events[1].text == "it left");
  CHECK(book.since(1, 10).events.front().id == 2);
  CHECK(book.since(2, 10).events.empty());
}

TEST_CASE("events: a reader that comes late is told that some are missing") {
  EventBook book;
  add(book, static_cast<int>(kMostEvents) + 5);
  CHECK(book.since(5, 10).are_missing == false);
  const EventBook::Batch late = book.since(4, 10);
  CHECK(late.are_missing);
  CHECK(late.events.front().id == 6);
  CHECK(late.events.size() == 10);
}

TEST_CASE("events: an id of an earlier process begins anew") {
  EventBook book;
  add(book, 3);
  const EventBook::Batch batch = book.since(500, 10);
  CHECK(batch.are_missing);
  CHECK(batch.events.size() == 3);
}

TEST_CASE("events: long texts are cut") {
  EventBook book;
  book.add(Event::Kind::limit, std::string(5'000, 's'), std::string(5'000, 't'), kNoon);
  CHECK(book.since(0, 1).events.front().subject.size() == kMostEventText);
  CHECK(book.since(0, 1).events.front().text.size() == kMostEventText);
}
