#include "router/route/chooser.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "proto/limits.h"
#include "router/route/limits.h"

using namespace zeroway;

namespace {

std::unique_ptr<Chooser> chooser(BalanceMethod method, const std::vector<std::uint32_t>& weights) {
  std::vector<ChooserMember> members;
  for (const std::uint32_t weight : weights) members.push_back({"10.0.0." + std::to_string(members.size()), weight});
  return Chooser::make(method, std::move(members)).value();
}

std::string problem(BalanceMethod method, std::vector<ChooserMember> members) {
  const auto made = Chooser::make(method, std::move(members));
  return made.has_value() ? "" : made.error().detail;
}

constexpr auto anybody = [](std::size_t) { return true; };

// Requests that are over at once: "aab".
std::string picks(Chooser& pool, int times, MemberTest may_take = anybody, std::string_view key = "") {
  std::string text;
  for (int i = 0; i < times; ++i) {
    const auto placement = pool.place(key, may_take);
    text += placement ? static_cast<char>('a' + placement->member()) : '-';
  }
  return text;
}

std::string sorted(std::string text) {
  std::sort(text.begin(), text.end());
  return text;
}

auto all_but(std::string letters) {
  return [letters](std::size_t member) { return letters.find(static_cast<char>('a' + member)) == std::string::npos; };
}

std::size_t longest_run(const std::string& text) {
  std::size_t longest = 0, run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    run = i > 0 && text[i] == text[i - 1] ? run + 1 : 1;
    longest = std::max(longest, run);
  }
  return longest;
}

// Where each of many keys goes.
std::string by_keys(Chooser& pool, int keys, MemberTest may_take = anybody) {
  std::string text;
  for (int key = 0; key < keys; ++key) text += picks(pool, 1, may_take, "192.0.2." + std::to_string(key));
  return text;
}

constexpr std::array kAllMethods{BalanceMethod::round_robin, BalanceMethod::weighted, BalanceMethod::least_connections,
                                 BalanceMethod::random_two,  BalanceMethod::ip_hash,  BalanceMethod::hash,
                                 BalanceMethod::first};

}  // namespace

TEST_CASE("chooser: round robin gives each member its turn and ignores weights") {
  auto pool = chooser(BalanceMethod::round_robin, {1, 7, 1'000});
  CHECK(picks(*pool, 9) == "abcabcabc");
  auto two = chooser(BalanceMethod::round_robin, {1, 1});
  CHECK(sorted(picks(*two, 10)) == "aaaaabbbbb");
}

TEST_CASE("chooser: weighted is exact: 3 to 1 over 400 is 300 and 100, and no run is over 3") {
  auto pool = chooser(BalanceMethod::weighted, {3, 1});
  const std::string text = picks(*pool, 400);
  CHECK(std::count(text.begin(), text.end(), 'a') == 300);
  CHECK(longest_run(text) == 3);
  CHECK(text.substr(0, 8) == "aabaaaba");
}

TEST_CASE("chooser: weights are taken in lowest terms, so that 500 and 250 are even over three requests") {
  auto pool = chooser(BalanceMethod::weighted, {500, 250});
  CHECK(sorted(picks(*pool, 3)) == "aab");
  CHECK(sorted(picks(*pool, 3)) == "aab");
}

TEST_CASE("chooser: the turn of a member that is out is not given to the member behind it") {
  auto pool = chooser(BalanceMethod::round_robin, {1, 1, 1});
  CHECK(picks(*pool, 6, all_but("b")) == "acacac");
  auto weighted = chooser(BalanceMethod::weighted, {3, 2, 1});
  const std::string text = picks(*weighted, 300, all_but("a"));
  CHECK(std::count(text.begin(), text.end(), 'b') == 200);
  CHECK(std::count(text.begin(), text.end(), 'c') == 100);
}

TEST_CASE("chooser: with the heaviest member out, the others still get about their shares") {
  auto pool = chooser(BalanceMethod::weighted, {1'000, 2, 1});
  const std::string text = picks(*pool, 3'000, all_but("a"));
  CHECK(text.find_first_of("-a") == std::string::npos);
  const auto share = std::count(text.begin(), text.end(), 'b');
  CHECK(share > 1'850);
  CHECK(share < 2'150);
}

TEST_CASE("chooser: least connections fills the emptiest member, and ties rotate") {
  auto pool = chooser(BalanceMethod::least_connections, {1, 1});
  std::vector<Reservation> slow;
  for (int i = 0; i < 5; ++i) slow.push_back(*pool->place("", all_but("b")));
  std::string next;
  for (int i = 0; i < 5; ++i) {
    slow.push_back(*pool->place("", anybody));
    next += static_cast<char>('a' + slow.back().member());
  }
  CHECK(next == "bbbbb");
  slow.clear();
  auto three = chooser(BalanceMethod::least_connections, {1, 1, 1});
  CHECK(picks(*three, 6) == "abcabc");
  CHECK(picks(*three, 4, all_but("b")) == "acac");
}

TEST_CASE("chooser: least connections counts for the weight") {
  auto pool = chooser(BalanceMethod::least_connections, {3, 1});
  std::vector<Reservation> open;
  for (int i = 0; i < 40; ++i) open.push_back(*pool->place("", anybody));
  CHECK(pool->open(0) == 30);
  CHECK(pool->open(1) == 10);
}

TEST_CASE("chooser: of two at random the less loaded one is taken, so load stays close to even") {
  auto pool = chooser(BalanceMethod::random_two, {1, 1, 1, 1, 1, 1, 1, 1});
  std::vector<Reservation> open;
  for (int i = 0; i < 800; ++i) open.push_back(*pool->place("", anybody));
  for (std::size_t member = 0; member < 8; ++member) {
    CHECK(pool->open(member) >= 90);
    CHECK(pool->open(member) <= 110);
  }
}

TEST_CASE("chooser: random two never takes the more loaded of two members") {
  auto pool = chooser(BalanceMethod::random_two, {1, 1});
  const auto open = pool->place("", all_but("b"));
  CHECK(picks(*pool, 100) == std::string(100, 'b'));
}

TEST_CASE("chooser: first takes the first member that can") {
  auto pool = chooser(BalanceMethod::first, {1, 1, 1});
  CHECK(picks(*pool, 3) == "aaa");
  CHECK(picks(*pool, 3, all_but("a")) == "bbb");
}

TEST_CASE("chooser: a key stays with its member, and keys spread by weight") {
  auto pool = chooser(BalanceMethod::ip_hash, {1, 1, 2});
  const std::string text = by_keys(*pool, 4'000);
  CHECK(by_keys(*pool, 4'000) == text);
  CHECK(std::abs(std::count(text.begin(), text.end(), 'a') - 1'000) < 120);
  CHECK(std::abs(std::count(text.begin(), text.end(), 'b') - 1'000) < 120);
  CHECK(std::abs(std::count(text.begin(), text.end(), 'c') - 2'000) < 150);
}

TEST_CASE("chooser: while a member is out only its own keys move, and they spread over all others") {
  for (const std::vector<std::uint32_t>& weights : {std::vector<std::uint32_t>{1, 1, 1, 1}, {4, 3, 2, 1}}) {
    auto pool = chooser(BalanceMethod::hash, weights);
    const std::string before = by_keys(*pool, 2'000), during = by_keys(*pool, 2'000, all_but("b"));
    std::map<char, int> taken;
    for (std::size_t key = 0; key < before.size(); ++key) {
      if (before[key] != 'b') CHECK(during[key] == before[key]);
      if (before[key] == 'b') ++taken[during[key]];
    }
    CHECK(taken.size() == 3);
    CHECK(taken.count('b') == 0);
    CHECK(by_keys(*pool, 2'000) == before);
  }
}

TEST_CASE("chooser: a member more takes keys, but moves none between the others") {
  auto three = chooser(BalanceMethod::hash, {1, 1, 1});
  auto four = chooser(BalanceMethod::hash, {1, 1, 1, 1});
  const std::string before = by_keys(*three, 2'000), after = by_keys(*four, 2'000);
  int moved = 0;
  for (std::size_t key = 0; key < before.size(); ++key) {
    if (after[key] == before[key]) continue;
    CHECK(after[key] == 'd');
    ++moved;
  }
  CHECK(std::abs(moved - 500) < 100);
}

TEST_CASE("chooser: a key goes by a member's name, wherever the member stands in the list") {
  auto pool = Chooser::make(BalanceMethod::hash, {{"x"}, {"y"}, {"z"}}).value();
  auto turned = Chooser::make(BalanceMethod::hash, {{"z"}, {"x"}, {"y"}}).value();
  for (int i = 0; i < 100; ++i) {
    const std::string key = std::to_string(i);
    const auto one = pool->place(key, anybody), other = turned->place(key, anybody);
    CHECK(pool->member(one->member()).name == turned->member(other->member()).name);
  }
}

TEST_CASE("chooser: without a key, hashing goes round robin, and two members of one name both have keys") {
  auto pool = Chooser::make(BalanceMethod::hash, {{"x"}, {"x"}}).value();
  CHECK(picks(*pool, 4) == "abab");
  CHECK(by_keys(*pool, 100).find('a') != std::string::npos);
  CHECK(by_keys(*pool, 100).find('b') != std::string::npos);
}

TEST_CASE("chooser: a pool that may be idle picks nobody while nobody has weight") {
  for (const BalanceMethod method : {BalanceMethod::round_robin, BalanceMethod::weighted, BalanceMethod::random_two,
                                     BalanceMethod::least_connections, BalanceMethod::hash, BalanceMethod::first}) {
    auto pool = Chooser::make(method, {{"a", 0}, {"b", 0}}, 1, Chooser::Idle::allowed);
    REQUIRE(pool.has_value());
    CHECK_FALSE((*pool)->place("key", [](std::size_t) { return true; }).has_value());
    CHECK((*pool)->place_at(1).has_value());
    CHECK((*pool)->with_weight(0, 1).value()->place("", [](std::size_t) { return true; }).has_value());
  }
}

TEST_CASE("chooser: by weight, a client that is bound by a key stays with its member") {
  auto pool = Chooser::make(BalanceMethod::weighted, {{"a", 1}, {"b", 3}});
  REQUIRE(pool.has_value());
  const auto may_take = [](std::size_t) { return true; };
  const std::size_t first = (*pool)->place("user-7", may_take)->member();
  for (int turn = 0; turn < 8; ++turn) CHECK((*pool)->place("user-7", may_take)->member() == first);
}

TEST_CASE("chooser: weight 0 gets nothing, whatever the method, also when all others are out") {
  for (const BalanceMethod method : kAllMethods) {
    CAPTURE(static_cast<int>(method));
    auto pool = chooser(method, {0, 2, 0, 1});
    CHECK((picks(*pool, 50) + by_keys(*pool, 50)).find_first_of("ac-") == std::string::npos);
    CHECK(picks(*pool, 3, all_but("bd")) == "---");
    CHECK(by_keys(*pool, 3, all_but("bd")) == "---");
  }
}

TEST_CASE("chooser: a pool that could serve nobody is an error when it is built") {
  for (const BalanceMethod method : kAllMethods) {
    CHECK(problem(method, {}) == "a pool without members");
    CHECK(problem(method, {{"a", 0}, {"b", 0}}) == "every member has weight 0");
    CHECK(problem(method, {{"a", 1'001}}) == "weight 1001 of a over 1000");
    CHECK(problem(method, {{"a", 1'000}}).empty());
  }
}

TEST_CASE("chooser: an order that is too long is an error that says the number") {
  std::vector<ChooserMember> members(80, {"a", 999});
  members.push_back({"b", 1'000});
  CHECK(problem(BalanceMethod::weighted, members) ==
        "weights whose order repeats after 80920 requests, over " + std::to_string(kMaxSequence));
  CHECK(problem(BalanceMethod::least_connections, members).empty());
}

TEST_CASE("chooser: a full member is passed over, and has room again when one of its requests is over") {
  for (const BalanceMethod method : kAllMethods) {
    CAPTURE(static_cast<int>(method));
    auto pool = Chooser::make(method, {{"x", 1, 2}, {"y", 1, 1}}).value();
    std::vector<Reservation> open;
    for (int i = 0; i < 3; ++i) open.push_back(pool->place("key", anybody).value());
    CHECK(pool->open(0) == 2);
    CHECK(pool->open(1) == 1);
    CHECK(pool->is_full(0));
    CHECK_FALSE(pool->place("key", anybody).has_value());
    open.erase(open.begin());
    CHECK(pool->place("key", anybody).has_value());
  }
}

TEST_CASE("chooser: a placement counts once, however it is moved and released") {
  auto pool = chooser(BalanceMethod::first, {1});
  Reservation one = pool->place("", anybody).value();
  Reservation other = std::move(one);
  CHECK(pool->open(0) == 1);
  other = pool->place("", anybody).value();
  CHECK(pool->open(0) == 1);
  Reservation& same = other;
  other = std::move(same);
  CHECK(pool->open(0) == 1);
  other.release();
  other.release();
  CHECK(pool->open(0) == 0);
  other = Reservation();
  CHECK(pool->open(0) == 0);
}

TEST_CASE("chooser: four loops that share a pool are as even as one") {
  constexpr int kLoops = 4, kEach = 10'000;
  for (const BalanceMethod method : kAllMethods) {
    CAPTURE(static_cast<int>(method));
    auto pool = Chooser::make(method, {{"x", 3, 40}, {"y", 1, 40}}).value();
    std::array<std::array<int, 2>, kLoops> counts{};
    std::vector<std::thread> loops;
    for (int loop = 0; loop < kLoops; ++loop) {
      loops.emplace_back([&pool, &mine = counts.at(static_cast<std::size_t>(loop))] {
        for (int i = 0; i < kEach; ++i) {
          const auto placement = pool->place("", anybody);
          if (placement) ++mine.at(placement->member());
        }
      });
    }
    for (std::thread& loop : loops) loop.join();
    int x = 0, y = 0;
    for (const auto& [of_x, of_y] : counts) x += of_x, y += of_y;
    CHECK(x + y == kLoops * kEach);
    CHECK(pool->open(0) == 0);
    CHECK(pool->open(1) == 0);
    if (method == BalanceMethod::weighted) CHECK(x == 3 * y);
    if (method == BalanceMethod::round_robin) CHECK(x == y);
  }
}

TEST_CASE("chooser: the limit of a member holds when several loops want its last place") {
  constexpr std::uint32_t kMost = 3;
  auto pool = Chooser::make(BalanceMethod::least_connections, {{"x", 1, kMost}, {"y", 1, kMost}}).value();
  std::atomic<bool> was_over{false};
  std::vector<std::thread> loops;
  for (int loop = 0; loop < 4; ++loop) {
    loops.emplace_back([&pool, &was_over] {
      for (int i = 0; i < 3'000; ++i) {
        std::array<std::optional<Reservation>, 3> held;
        for (auto& placement : held) placement = pool->place("", anybody);
        if (pool->open(0) > kMost || pool->open(1) > kMost) was_over = true;
      }
    });
  }
  for (std::thread& loop : loops) loop.join();
  CHECK_FALSE(was_over);
  CHECK(pool->open(0) + pool->open(1) == 0);
}

TEST_CASE("balance: each method is read as it is written, and an unknown word names what fits") {
  for (const char* text :
       {"round_robin", "weighted", "least_connections", "random_two", "ip_hash", "first", "hash:x-id"})
    CHECK(balance_text(read_balance(text).value()) == text);
  CHECK(read_balance("least_conn").value().method == BalanceMethod::least_connections);
  CHECK(read_balance("hash:X-User").value().field == "x-user");
  for (const char* text : {"", "hash", "hash:", "Weighted", "weighted ", "least"}) {
    const auto read = read_balance(text);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().detail.find("\"" + std::string(text) + "\"") != std::string::npos);
    CHECK(read.error().detail.find("random_two") != std::string::npos);
  }
}

TEST_CASE("chooser: with another weight it is the same pool, whose open requests are counted together") {
  std::vector<ChooserMember> members{{.name = "a", .max_open = 1}, {.name = "b", .max_open = 2}};
  const auto before = Chooser::make(BalanceMethod::weighted, members).value();
  auto first = before->place("", anybody);
  REQUIRE(first);
  CHECK(first->member() == 0);
  const auto after = before->with_weight(1, 3).value();
  CHECK(after->member(1).weight == 3);
  CHECK(before->member(1).weight == 1);
  CHECK(after->is_full(0));
  CHECK(picks(*after, 4) == "bbbb");
  first.reset();
  CHECK_FALSE(after->is_full(0));
  CHECK(sorted(picks(*after, 4)) == "abbb");
}

TEST_CASE("chooser: another weight is checked as the first ones are") {
  const auto pool = chooser(BalanceMethod::weighted, {1, 1});
  CHECK(pool->with_weight(0, 0).has_value());
  CHECK(pool->with_weight(0, 0).value()->with_weight(1, 0).error().detail == "every member has weight 0");
  CHECK_FALSE(pool->with_weight(0, kMaxWeight + 1).has_value());
}
