// How much stack tasks take. Compiled without optimization, where no compiler turns a call at the end into a jump.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "zeroway/task.h"

using namespace zeroway;

namespace {

constexpr int kTasks = 1'000'000;
constexpr std::uintptr_t kOneCall = 4'096;  // bytes: more than one task's start and end take, even with a sanitizer

struct Runner {
  struct promise_type {
    Runner get_return_object() { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
  };
};

// Where the stack was, deepest and highest; the program's own type, so that no other file's code is linked instead.
struct Depths {
  std::uintptr_t lowest = std::numeric_limits<std::uintptr_t>::max(), highest = 0;
  int count = 0;
  [[nodiscard]] bool are_bounded() const { return highest - lowest < kOneCall; }
};

[[gnu::noinline]] void note_stack(Depths& depths) {
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  depths.lowest = std::min(depths.lowest, here);
  depths.highest = std::max(depths.highest, here);
  ++depths.count;
}

struct Step {
  int number = 0;
};

Task<Step> completes(int number, Depths& depths) {
  note_stack(depths);
  co_return Step{number};
}

// Stops at the first task that is too deep: the stack would end before the test does.
Runner await_many(Depths& depths) {
  for (int i = 0; i < kTasks && depths.are_bounded(); ++i) (void)co_await completes(i, depths);
}

struct Gate {
  std::coroutine_handle<> waiting;
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiter) noexcept { waiting = awaiter; }
  void await_resume() const noexcept {}
};

Task<Step> waits(Gate& gate, Depths& depths) {
  co_await gate;
  note_stack(depths);
  co_return Step{};
}

Runner await_gates(Gate& gate, Depths& depths) {
  for (int i = 0; i < kTasks; ++i) (void)co_await waits(gate, depths);
}

}  // namespace

TEST_CASE("task: a million that complete at once, one after another, take the stack of one") {
  Depths depths;
  await_many(depths);
  CHECK(depths.count == kTasks);
  CHECK(depths.are_bounded());
}

TEST_CASE("task: a million that wait, one after another, take the stack of one") {
  Gate gate;
  Depths depths;
  await_gates(gate, depths);
  while (depths.are_bounded() && gate.waiting) std::exchange(gate.waiting, nullptr).resume();
  CHECK(depths.count == kTasks);
  CHECK(depths.are_bounded());
}
