#include "router/access/hash_pool.h"

#include <doctest/doctest.h>

#include <future>

#include "router/access/good_logins.h"
#include "router/access/limits.h"

using namespace zeroway;

namespace {

using Answer = HashPool::Answer;

Digest digest(int number) {
  Digest made{};
  made[0] = static_cast<std::uint8_t>(number);
  made[1] = static_cast<std::uint8_t>(number >> 8);
  return made;
}

AddressKey address(int number) {
  AddressKey made{};
  made[0] = static_cast<char>(number);
  return made;
}

// A pool whose one thread waits for the test before it says that a password is right when it is its hash.
struct Gated {
  std::promise<void> gate;
  std::shared_future<void> opened{gate.get_future()};
  std::mutex mutex;
  std::vector<std::string> checked;
  HashPool pool{[this](const std::string& password, const std::string& hash) {
                  opened.wait();
                  const std::lock_guard lock(mutex);
                  checked.push_back(password);
                  return password == hash;
                },
                1};

  HashPool::Ticket ask(
      int login, int from, const std::string& password, HashPool::Told told = [](Answer) {}) {
    return pool.ask({digest(login), address(from), password, "right"}, Clock::now(), std::move(told));
  }
  // The answers to the last one of each login that a test waits for.
  std::future<Answer> wait(int login, int from, const std::string& password) {
    auto promise = std::make_shared<std::promise<Answer>>();
    auto future = promise->get_future();
    if (ask(login, from, password, [promise](Answer answer) { promise->set_value(answer); }) == 0)
      promise->set_exception(std::make_exception_ptr(std::runtime_error("refused")));
    return future;
  }
};

}  // namespace

TEST_CASE("hash pool: tells whether a password is right") {
  Gated g;
  auto right = g.wait(1, 1, "right");
  auto wrong = g.wait(2, 1, "wrong");
  g.gate.set_value();
  CHECK(right.get() == Answer::right);
  CHECK(wrong.get() == Answer::wrong);
}

TEST_CASE("hash pool: requests with one login share one hash") {
  Gated g;
  std::vector<std::future<Answer>> all;
  for (int i = 0; i < 50; ++i) all.push_back(g.wait(1, 1, "right"));
  g.gate.set_value();
  for (auto& one : all) CHECK(one.get() == Answer::right);
  CHECK(g.checked.size() == 1);
}

TEST_CASE("hash pool: an address has a share, and others have room beside it") {
  Gated g;
  std::size_t taken = 0;
  for (int i = 0; i < 100; ++i) taken += g.ask(i, 1, "wrong") != 0 ? 1 : 0;
  CHECK(taken == kMostHashesOfAddress);
  CHECK(g.ask(1'000, 2, "wrong") != 0);
  CHECK(g.ask(0, 1, "wrong") != 0);  // the same login needs no further hash
  g.gate.set_value();
}

TEST_CASE("hash pool: the queue is bounded") {
  Gated g;
  std::size_t taken = 0;
  for (int i = 0; i < 300; ++i) taken += g.ask(i, i % 100, "wrong") != 0 ? 1 : 0;
  CHECK(taken >= kMostHashes);
  CHECK(taken <= kMostHashes + 1);  // one may have begun
  g.gate.set_value();
}

TEST_CASE("hash pool: work that nobody waits for leaves the queue and its share") {
  Gated g;
  auto first = g.wait(0, 9, "right");
  std::vector<HashPool::Ticket> tickets;
  for (int i = 1; i <= static_cast<int>(kMostHashesOfAddress); ++i) tickets.push_back(g.ask(i, 1, "wrong"));
  CHECK(g.ask(100, 1, "wrong") == 0);
  for (const HashPool::Ticket ticket : tickets) g.pool.forget(ticket);
  g.pool.forget(tickets[0]);  // once more: nothing
  auto last = g.wait(101, 1, "right");
  g.gate.set_value();
  CHECK(first.get() == Answer::right);
  CHECK(last.get() == Answer::right);
  CHECK(g.checked.size() == 2);
}

TEST_CASE("hash pool: work that has waited for too long is not begun") {
  Gated g;
  auto promise = std::make_shared<std::promise<Answer>>();
  auto told = promise->get_future();
  const Time long_ago = Clock::now() - kLongestHashWait;
  CHECK(g.pool.ask({digest(1), address(1), "right", "right"}, long_ago,
                   [promise](Answer answer) { promise->set_value(answer); }) != 0);
  CHECK(told.get() == Answer::late);
  CHECK(g.checked.empty());
  g.gate.set_value();
}

TEST_CASE("good logins: known for a while, and a bounded number of them") {
  GoodLogins logins;
  const Time now{std::chrono::hours(1)};
  CHECK_FALSE(logins.has(digest(1), now));
  logins.add(digest(1), now);
  CHECK(logins.has(digest(1), now + kGoodLoginLife - std::chrono::seconds(1)));
  CHECK_FALSE(logins.has(digest(1), now + kGoodLoginLife));
  for (int i = 2; i <= static_cast<int>(kMostGoodLogins) + 1; ++i) logins.add(digest(i), now);
  CHECK(logins.size() == kMostGoodLogins);
  CHECK_FALSE(logins.has(digest(1), now));
  logins.clear();
  CHECK_FALSE(logins.has(digest(5), now));
}

TEST_CASE("secret hash: of the parts and where they end, with a key of its own") {
  const SecretHash hash, other;
  CHECK(hash.of({"a", "b"}) == hash.of({"a", "b"}));
  CHECK(hash.of({"a", "b"}) != hash.of({"ab", ""}));
  CHECK(hash.of({"a", "b"}) != other.of({"a", "b"}));
  CHECK(is_same_secret("abc", "abc"));
  CHECK_FALSE(is_same_secret("abc", "abd"));
  CHECK_FALSE(is_same_secret("abc", "ab"));
}
