// The coroutine type of handle_async: `zeroway::Task<void> answer(zeroway::AsyncRequest&, zeroway::AsyncReply&)`.
//
// A task does nothing until it is awaited (the SDK awaits the handler's own task). Then it runs on the thread that
// awaits it, to its end or its next suspension. An exception of the task leaves through the co_await. Each task is
// awaited once; an empty or moved-from task must not be awaited. Helpers of a handler return Task<T> and are awaited
// with `T value = co_await helper(…)`. Destroying a task that has not ended destroys its frame: the objects in the
// frame are destroyed in the usual order.
//
// Stack: a loop may await any number of tasks, one after another. Tasks inside of tasks take stack as calls inside of
// calls do: 80 bytes a level when optimized; 10 000 levels fit into 8 MiB in any build.
#pragma once
#include <atomic>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace zeroway {

template <class T>
class Task;

namespace detail {

struct TaskEnd {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
    if (ended.promise().is_second()) return ended.promise().continuation;
    return std::noop_coroutine();  // the task never waited: its awaiter goes on by itself
  }
  void await_resume() const noexcept {}
};

struct TaskPromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();
  std::exception_ptr error;
  std::atomic<bool> is_met{false};

  // Asked once by the code that started the task, after resume(), and once by the end of the task. The second of the
  // two lets the awaiter go on. If that were always the end, each task of a loop would begin on the stack of the task
  // before it, in builds where the compiler makes no jump of the call. Atomic: the task may be resumed on another
  // thread.
  [[nodiscard]] bool is_second() noexcept { return is_met.exchange(true, std::memory_order_acq_rel); }

  std::suspend_always initial_suspend() const noexcept { return {}; }
  TaskEnd final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { error = std::current_exception(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (error) std::rethrow_exception(error);
    return std::move(*value);
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const {
    if (error) std::rethrow_exception(error);
  }
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;

  Task() = default;
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // Awaiting starts the task, and resumes the awaiter when the task has ended.
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  // Not inlined: clang 14 would keep the variables in the awaiter's frame, which may be gone when resume() returns.
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> awaiter) {
    const std::coroutine_handle<promise_type> task = handle_;
    task.promise().continuation = awaiter;
    task.resume();
    return !task.promise().is_second();
  }
  T await_resume() { return handle_.promise().take(); }

 private:
  std::coroutine_handle<promise_type> handle_;
};

namespace detail {
template <class T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}
}  // namespace detail

}  // namespace zeroway
