#include "router/circuits/circuit_store.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

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
  void put(const std::string& id) {
    auto read = read_circuit(id, R"({"session": "s", "service": "a", "backends": [{"host": "127.0.0.1", "port": 1}]})");
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

}  // namespace zeroway
