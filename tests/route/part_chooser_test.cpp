#include "router/route/part_chooser.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace zeroway;

namespace {

using Room = PartState::Room;
using Method = BalanceMethod;

const std::vector<PartState> kBothFree(2);

// Who takes so many requests in turn: "a a b …".
std::string order(PartChooser& chooser, const std::vector<PartState>& states, int requests,
                  std::optional<std::size_t> avoided = std::nullopt, std::string_view key = "") {
  std::string text;
  for (int request = 0; request < requests; ++request) {
    text += static_cast<char>('a' + chooser.pick(key, states, avoided));
  }
  return text;
}

}  // namespace

TEST_CASE("part chooser: parts take turns by the weight of all their members") {
  PartChooser chooser(Method::weighted, {{"servers", 3}, {"fabric:", 1}});
  CHECK(order(chooser, kBothFree, 8) == "aabaaaba");
  PartChooser even(Method::round_robin, {{"servers", 2}, {"fabric:", 1}});
  CHECK(order(even, kBothFree, 6) == "abaaba");
}

TEST_CASE("part chooser: a full part gets nothing while another has free room, and one with nobody comes last") {
  PartChooser chooser(Method::round_robin, {{"servers", 1}, {"fabric:", 1}});
  CHECK(order(chooser, {{Room::full, 9}, {Room::free, 0}}, 3) == "bbb");
  CHECK(order(chooser, {{Room::full, 9}, {Room::nobody, 0}}, 3) == "aaa");
  CHECK(order(chooser, {{Room::nobody, 0}, {Room::free, 0}}, 3) == "bbb");
  for (const Room room : {Room::full, Room::nobody}) {
    const std::string both = order(chooser, {{room, 0}, {room, 0}}, 2);
    CHECK((both == "ab" || both == "ba"));
  }
}

TEST_CASE("part chooser: a part whose best member is on standby rests while another one is active, even if full") {
  PartChooser chooser(Method::weighted, {{"servers", 3}, {"fabric:", 1}});
  CHECK(order(chooser, {{Room::standby, 0}, {Room::free, 9}}, 3) == "bbb");
  CHECK(order(chooser, {{Room::standby, 0}, {Room::full, 9}}, 3) == "bbb");
  CHECK(order(chooser, {{Room::standby, 0}, {Room::full, 9}}, 3, 1) == "aaa");
  CHECK(order(chooser, {{Room::standby, 0}, {Room::standby_full, 9}}, 3) == "aaa");
  CHECK(order(chooser, {{Room::standby_full, 0}, {Room::paused, 0}}, 3) == "aaa");
  CHECK(order(chooser, {{Room::nobody, 0}, {Room::paused, 0}}, 3) == "bbb");
}

TEST_CASE("part chooser: the part that has just failed a request is asked only when no other has weight") {
  PartChooser chooser(Method::round_robin, {{"servers", 1}, {"fabric:", 1}});
  CHECK(order(chooser, {{Room::free, 0}, {Room::nobody, 0}}, 3, 0) == "bbb");
  CHECK(order(chooser, kBothFree, 3, 1) == "aaa");
  PartChooser only(Method::round_robin, {{"servers", 1}, {"fabric:", 0}});
  CHECK(order(only, kBothFree, 3, 0) == "aaa");
}

TEST_CASE("part chooser: a part without weight gets nothing, whatever the balance is") {
  for (const Method method : {Method::round_robin, Method::weighted, Method::least_connections, Method::random_two,
                              Method::ip_hash, Method::hash, Method::first}) {
    PartChooser chooser(method, {{"servers", 0}, {"fabric:", 2}});
    CHECK(order(chooser, {{Room::free, 0}, {Room::full, 7}}, 3, std::nullopt, "key") == "bbb");
  }
}

TEST_CASE("part chooser: least_connections compares the open requests for the weight") {
  for (const Method method : {Method::least_connections, Method::random_two}) {
    PartChooser chooser(method, {{"servers", 3}, {"fabric:", 1}});
    CHECK(order(chooser, {{Room::free, 5}, {Room::free, 2}}, 2) == "aa");
    CHECK(order(chooser, {{Room::free, 7}, {Room::free, 2}}, 2) == "bb");
  }
}

TEST_CASE("part chooser: first is the first part of the file that has room") {
  PartChooser chooser(Method::first, {{"servers", 1}, {"fabric:", 1}});
  CHECK(order(chooser, kBothFree, 2) == "aa");
  CHECK(order(chooser, {{Room::full, 1}, {Room::free, 0}}, 2) == "bb");
}

TEST_CASE("part chooser: a key stays with its part, spreads by weight, and without a key parts take turns") {
  PartChooser chooser(Method::hash, {{"servers", 3}, {"fabric:", 1}});
  std::map<char, int> counts;
  for (int number = 0; number < 4'000; ++number) {
    const std::string key = "user-" + std::to_string(number);
    const std::string part = order(chooser, kBothFree, 1, std::nullopt, key);
    CHECK(part == order(chooser, kBothFree, 1, std::nullopt, key));
    ++counts[part.front()];
  }
  CHECK(counts['a'] > 2'800);
  CHECK(counts['a'] < 3'200);
  CHECK(order(chooser, kBothFree, 4) == "aaba");
}
