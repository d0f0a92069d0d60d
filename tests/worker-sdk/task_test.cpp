#include "zeroway/task.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace zeroway;

namespace {

// Runs `task` from outside any coroutine and tells when it has ended.
struct Runner {
  struct promise_type {
    Runner get_return_object() { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
  };
};

struct Gate {
  std::coroutine_handle<> waiting;
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiter) noexcept { waiting = awaiter; }
  void await_resume() const noexcept {}
};

Runner run(Task<void> task, std::string& log) {
  try {
    co_await task;
    log += "ended";
  } catch (const std::exception& error) {
    log += error.what();
  }
}

Task<std::string> word(Gate& gate) {
  co_await gate;
  co_return "word ";
}

Task<void> two_words(Gate& gate, std::string& log) {
  log += co_await word(gate);
  log += co_await word(gate);
}

Task<int> fails() {
  throw std::runtime_error("failed");
  co_return 1;
}

Task<void> passes_on() { (void)co_await fails(); }

Task<void> nothing(int& started) {
  ++started;
  co_return;
}

}  // namespace

TEST_CASE("task: it does nothing until it is awaited") {
  int started = 0;
  std::string log;
  Task<void> task = nothing(started);
  CHECK(started == 0);
  run(std::move(task), log);
  CHECK(started == 1);
  CHECK(log == "ended");
}

TEST_CASE("task: values come back through suspensions") {
  Gate gate;
  std::string log;
  run(two_words(gate, log), log);
  CHECK(log == "");
  gate.waiting.resume();
  CHECK(log == "word ");
  gate.waiting.resume();
  CHECK(log == "word word ended");
}

TEST_CASE("task: an exception leaves through the co_await") {
  std::string log;
  run(passes_on(), log);
  CHECK(log == "failed");
}
