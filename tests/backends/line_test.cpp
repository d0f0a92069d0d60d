#include "router/backends/line.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace zeroway;
using std::chrono::milliseconds;

namespace {

constexpr Time kStart = Time{} + std::chrono::hours(1);

Time at(int ms) { return kStart + milliseconds(ms); }

Line line_of(std::size_t most = 10) { return Line(most, milliseconds(100)); }

// "queue:key", in their order.
std::string text(const std::vector<Line::Waiter>& waiters) {
  std::string out;
  for (const Line::Waiter& waiter : waiters)
    out += (out.empty() ? "" : " ") + std::to_string(waiter.queue) + ':' + std::to_string(waiter.key);
  return out;
}

// Serves queue 1 as long as there is room.
std::string serve(Line& line, int room) {
  std::string out;
  line.serve([&](Line::Queue queue, Line::Key key) {
    if (queue != 1 || room-- == 0) return false;
    out += (out.empty() ? "" : " ") + std::to_string(key);
    return true;
  });
  return out;
}

}  // namespace

TEST_CASE("line: who came first is served first") {
  Line line = line_of();
  for (Line::Key key : {7U, 5U, 6U}) CHECK(line.join(1, key, kStart));
  CHECK(serve(line, 2) == "7 5");
  CHECK(line.size() == 1);
  CHECK(serve(line, 2) == "6");
  CHECK(line.is_empty(1));
}

TEST_CASE("line: a queue without room does not hold up another queue") {
  Line line = line_of();
  CHECK(line.join(2, 1, kStart));
  CHECK(line.join(1, 2, kStart));
  CHECK(serve(line, 9) == "2");
  CHECK_FALSE(line.is_empty(2));
}

TEST_CASE("line: all queues together are bounded, and each who leaves makes a place") {
  Line line = line_of(2);
  const auto first = line.join(1, 1, kStart);
  CHECK(line.join(2, 2, kStart));
  CHECK_FALSE(line.join(3, 3, kStart));
  CHECK(line.size() == 2);
  CHECK(line.is_empty(3));
  line.leave(*first);
  CHECK(line.join(3, 3, kStart));
}

TEST_CASE("line: who leaves from the front, the middle or the end is not served, and the others keep their order") {
  for (const std::size_t leaver : {0U, 1U, 2U}) {
    Line line = line_of();
    std::vector<Line::Ticket> tickets;
    for (Line::Key key : {0U, 1U, 2U}) tickets.push_back(*line.join(1, key, kStart));
    line.leave(tickets[leaver]);
    CHECK(line.join(1, 3, kStart));  // in the place that is free now
    std::string expected;
    for (std::size_t key = 0; key < 4; ++key)
      if (key != leaver) expected += (expected.empty() ? "" : " ") + std::to_string(key);
    CHECK(serve(line, 9) == expected);
    CHECK(line.size() == 0);
  }
}

TEST_CASE("line: who leaves a full line again and again takes no more memory than the line's bound") {
  Line line = line_of(3);
  CHECK(line.join(1, 1, kStart));
  Line::Ticket highest = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto ticket = line.join(1, 2, kStart);
    highest = std::max(highest, *ticket);
    line.leave(*ticket);
  }
  CHECK(highest < 3);
}

TEST_CASE("line: an overdue waiter is told once, and no younger one with it") {
  Line line = line_of();
  CHECK(line.join(1, 1, at(0)));
  CHECK(line.join(1, 2, at(1)));
  CHECK(line.join(2, 3, at(0)));
  CHECK(line.take_overdue(at(99)).empty());
  std::vector<Line::Waiter> overdue = line.take_overdue(at(100));
  CHECK(overdue.size() == 2);
  CHECK(line.size() == 1);
  CHECK(line.is_empty(2));
  CHECK(line.take_overdue(at(100)).empty());
  CHECK(text(line.take_overdue(at(101))) == "1:2");
}

TEST_CASE("line: time in which nobody could be served does not count") {
  Line line = line_of();
  CHECK(line.join(1, 1, at(0)));
  line.lost_time(milliseconds(50));
  CHECK(line.take_overdue(at(149)).empty());
  CHECK(text(line.take_overdue(at(150))) == "1:1");
}

TEST_CASE("line: one queue is taken whole and in its order") {
  Line line = line_of();
  CHECK(line.join(1, 1, at(0)));
  CHECK(line.join(2, 2, at(1)));
  CHECK(line.join(1, 3, at(2)));
  CHECK(line.take(3).empty());
  CHECK(text(line.take(1)) == "1:1 1:3");
  CHECK(line.size() == 1);
}

TEST_CASE("line: those that change their queue keep their age and their order") {
  Line line = line_of(3);
  CHECK(line.join(1, 1, at(0)));
  CHECK(line.join(2, 2, at(1)));
  CHECK(line.join(1, 3, at(2)));
  const std::vector<Line::Waiter> all = line.take_all();
  CHECK(text(all) == "1:1 2:2 1:3");
  CHECK(line.size() == 0);
  for (const Line::Waiter& waiter : all) static_cast<void>(line.rejoin(5, waiter));
  CHECK_FALSE(line.join(5, 4, at(3)));  // full as before
  CHECK(text(line.take_overdue(at(101))) == "5:1 5:2");
  CHECK(text(line.take_overdue(at(102))) == "5:3");
}
