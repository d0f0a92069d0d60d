#include "router/circuits/circuit_store.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "router/circuits/circuit_json.h"
#include "tests/support/folder.h"
#include "tests/support/run_until.h"

namespace zeroway {

namespace {

// A store whose loops and disk are the test's: `told` counts what all loops were told, `waits` is who waits for them.
struct StoreBench {
  explicit StoreBench(const std::string& folder = "") : store(loop, folder, uses, users()) {}

  CircuitUsers users() {
    return {.tell = [this](const auto& update) { told += update->size(); },
            .aside = [](const std::function<void()>& task) { task(); },
            .when_known = [this](std::function<void()> known) { waits = std::move(known); }};
  }
  void put(const std::string& id, const std::string& more = R"("backends": [{"host": "127.0.0.1", "port": 1}])") {
    auto read = read_circuit(id, R"({"session": "s", "service": "a", )" + more + "}");
    REQUIRE(read.has_value());
    CircuitChange change;
    change.put.push_back(std::move(*read));
    store.change(std::move(change), [this](const Result<std::size_t>& changed) {
      answer = changed ? std::to_string(*changed) : changed.error().detail;
    });
  }
  [[nodiscard]] bool is_told() {
    return run_until(
        loop, [&] { return told == 1 && waits; }, std::chrono::seconds(20));
  }

  // "127.0.0.1:1 up, …" of all servers of all circuits.
  [[nodiscard]] std::string states() const {
    std::string text;
    const auto list = store.list();
    for (const auto& circuit : list->all)
      for (const MemberFacts& member : circuit->members(loop.now())) text += member.name + " " + member.state + ", ";
    return text;
  }
  // Puts a circuit whose servers have these states, and ports from 1 on, and drain for two seconds.
  void put_states(const std::vector<std::string>& states) {
    std::string servers;
    for (std::size_t i = 0; i < states.size(); ++i)
      servers += (i == 0 ? "" : ",") +
                 (R"({"host": "127.0.0.1", "port": )" + std::to_string(i + 1) + R"(, "state": ")" + states[i] + "\"}");
    waits = nullptr;
    put("one", R"("drain_timeout": "2s", "backends": [)" + servers + "]");
    REQUIRE(run_until(
        loop, [&] { return static_cast<bool>(waits); }, std::chrono::seconds(20)));
  }

  Loop loop;
  CircuitUses uses;
  std::size_t told = 0;
  std::function<void()> waits;
  std::string answer;
  CircuitStore store;
};

}  // namespace

TEST_CASE("circuit store: who changes a circuit is told once all loops know it, with files and without") {
  const Folder folder;
  for (const std::string& state : {std::string(), folder.path(".")}) {
    StoreBench bench(state);
    bench.put("one");
    REQUIRE(bench.is_told());
    CHECK(bench.answer.empty());
    bench.waits();
    CHECK(bench.answer == "1");
  }
}

TEST_CASE("circuit store: each server has its own time to drain, whoever else of the circuit drains or has drained") {
  StoreBench bench;
  bench.store.open();
  bench.put_states({"active", "draining", "active"});
  CHECK(bench.states() == "127.0.0.1:1 up, 127.0.0.1:2 draining, up, 127.0.0.1:3 up, ");
  const auto is_drained = [&](const std::string& server) {
    return bench.states().find(server + " drained") != std::string::npos;
  };
  REQUIRE(run_until(
      bench.loop, [&] { return is_drained("127.0.0.1:2"); }, std::chrono::seconds(30)));
  bench.put_states({"active", "draining", "draining"});
  CHECK(bench.states() == "127.0.0.1:1 up, 127.0.0.1:2 drained, 127.0.0.1:3 draining, up, ");
  CHECK(run_until(
      bench.loop, [&] { return is_drained("127.0.0.1:3"); }, std::chrono::seconds(30)));
}

TEST_CASE("circuit store: a server that drains for one circuit stays while another one of the path wants it") {
  StoreBench bench;
  bench.store.open();
  const auto put = [&](const std::string& id, const std::string& state, const std::string& time) {
    bench.waits = nullptr;
    bench.put(id, R"("drain_timeout": ")" + time + R"(", "backends": [{"host": "127.0.0.1", "port": 1, "state": ")" +
                      state + "\"}]");
    REQUIRE(run_until(
        bench.loop, [&] { return static_cast<bool>(bench.waits); }, std::chrono::seconds(20)));
  };
  put("one", "draining", "0s");
  CHECK(bench.states() == "127.0.0.1:1 drained, ");
  put("two", "draining", "2s");
  CHECK(bench.states() == "127.0.0.1:1 draining, up, 127.0.0.1:1 draining, up, ");
  CHECK(run_until(
      bench.loop, [&] { return bench.states() == "127.0.0.1:1 drained, 127.0.0.1:1 drained, "; },
      std::chrono::seconds(30)));
}

}  // namespace zeroway
