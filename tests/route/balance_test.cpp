#include "router/route/balance.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace zeroway;

namespace {

std::vector<Candidate> with_weights(std::initializer_list<std::uint32_t> weights) {
  std::vector<Candidate> candidates;
  for (const std::uint32_t weight : weights) candidates.push_back({.weight = weight, .capacity = 1'000});
  return candidates;
}

char letter(std::optional<std::size_t> index) { return index ? static_cast<char>('a' + *index) : '-'; }

std::string weighted(std::vector<Candidate>& candidates, int times) {
  std::string picks;
  for (int i = 0; i < times; ++i) picks += letter(pick_weighted(candidates));
  return picks;
}

// Picks and counts in flight, as the fabric does.
std::string least(std::vector<Candidate>& candidates, std::size_t& rotation, int times) {
  std::string picks;
  for (int i = 0; i < times; ++i) {
    const auto index = pick_least(candidates, rotation);
    if (index) ++candidates[*index].in_flight;
    picks += letter(index);
  }
  return picks;
}

}  // namespace

TEST_CASE("weighted: even weights are plain round robin") {
  auto candidates = with_weights({1, 1, 1});
  CHECK(weighted(candidates, 7) == "abcabca");
}

TEST_CASE("weighted: a heavy one is spread out, not in a row") {
  auto candidates = with_weights({5, 1, 1});
  CHECK(weighted(candidates, 14) == "aabacaaaabacaa");
}

TEST_CASE("weighted: shares are exact over a period") {
  auto candidates = with_weights({1000, 7, 1});
  std::vector<int> count(3);
  for (int i = 0; i < 1008; ++i) ++count[*pick_weighted(candidates)];
  CHECK(count == std::vector<int>{1000, 7, 1});
}

TEST_CASE("weighted: who is not usable or full is passed over, and the rest stays even") {
  auto candidates = with_weights({1, 1, 1, 1});
  candidates[1].usable = false;
  candidates[2].in_flight = candidates[2].capacity;
  CHECK(weighted(candidates, 4) == "adad");
  candidates[1].usable = true;
  CHECK(weighted(candidates, 6) == "abdabd");
}

TEST_CASE("balance: nobody with room is nobody picked") {
  auto candidates = with_weights({1, 1});
  for (Candidate& candidate : candidates) candidate.capacity = 0;
  std::size_t rotation = 0;
  CHECK(weighted(candidates, 1) == "-");
  CHECK(least(candidates, rotation, 1) == "-");
  CHECK_FALSE(pick_weighted({}));
  CHECK_FALSE(pick_least({}, rotation));
}

TEST_CASE("least: idle workers take turns") {
  auto candidates = with_weights({1, 1, 1});
  std::size_t rotation = 0;
  std::string picks;
  for (int i = 0; i < 6; ++i) picks += letter(pick_least(candidates, rotation));
  CHECK(picks == "abcabc");
}

TEST_CASE("least: the one with the fewest in flight, ties in turn") {
  auto candidates = with_weights({1, 1, 1});
  candidates[0].in_flight = 2;
  candidates[1].in_flight = 1;
  candidates[2].in_flight = 1;
  std::size_t rotation = 2;
  CHECK(least(candidates, rotation, 5) == "cbcab");
}

TEST_CASE("least: in flight counts for its weight") {
  auto candidates = with_weights({3, 1});
  std::size_t rotation = 0;
  const std::string picks = least(candidates, rotation, 40);
  CHECK(candidates[0].in_flight == 30);
  CHECK(candidates[1].in_flight == 10);
  CHECK(picks.substr(0, 4) == "abaa");
}

TEST_CASE("least: full and unusable ones are passed over whatever their load") {
  auto candidates = with_weights({1, 1, 1});
  candidates[0].usable = false;
  candidates[1].in_flight = candidates[1].capacity = 1;
  candidates[2].in_flight = 900;
  std::size_t rotation = 0;
  CHECK(least(candidates, rotation, 2) == "cc");
}

TEST_CASE("least: a rotation from before some went is still good") {
  auto candidates = with_weights({1, 1});
  std::size_t rotation = 99;
  CHECK(least(candidates, rotation, 2) == "ba");
}

TEST_CASE("by key: one key goes to one candidate, and one that is out leaves its own keys only") {
  auto candidates = with_weights({1, 1, 1, 1});
  for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i].id = 1'000 + i;
  std::vector<std::size_t> before;
  std::vector<int> counts(4);
  for (int key = 0; key < 4'000; ++key) {
    before.push_back(*pick_by_key(candidates, std::to_string(key)));
    CHECK(pick_by_key(candidates, std::to_string(key)) == before.back());
    ++counts[before.back()];
  }
  for (const int count : counts) CHECK(count == doctest::Approx(1'000).epsilon(0.1));
  candidates[2].usable = false;
  for (int key = 0; key < 4'000; ++key) {
    const auto now = *pick_by_key(candidates, std::to_string(key));
    CHECK(now != 2);
    if (before[static_cast<std::size_t>(key)] != 2) CHECK(now == before[static_cast<std::size_t>(key)]);
  }
}

TEST_CASE("by key: each gets as many keys as its weight says, and nobody with room is nobody picked") {
  auto candidates = with_weights({3, 1});
  candidates[0].id = 5;
  candidates[1].id = 6;
  int first = 0;
  for (int key = 0; key < 4'000; ++key) first += *pick_by_key(candidates, std::to_string(key)) == 0;
  CHECK(first == doctest::Approx(3'000).epsilon(0.05));
  for (Candidate& candidate : candidates) candidate.in_flight = candidate.capacity;
  CHECK(!pick_by_key(candidates, "k"));
}
