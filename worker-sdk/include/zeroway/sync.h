// Event and Channel: how coroutines wait for other coroutines and threads. A thread sets an Event or sends values into
// a Channel, a coroutine waits for it.
//
//     zeroway::Event ready;                                     // outlives the handlers
//     worker.handle_async("GET", "/wait", [&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
//       const bool is_ready = co_await ready.wait(request, 5s);
//       reply.status(is_ready ? 200 : 504).send("");
//     });
//     std::thread other([&] { …; ready.set(); });               // any thread
//
// Each wait names the request or the WebSocket whose handler waits. The wait throws Cancelled as soon as that request
// or WebSocket is over. It ends when its time is over: in milliseconds, 0 = checks once, kForever = no end. The
// coroutine is resumed on its own worker's thread, in the turn of the loop after the cause. Coroutines of several
// workers may wait for one Event or Channel.
//
// Threads: every function here may be called from any thread, also from handlers on the pool, except the functions that
// are awaited: those belong to coroutines. An Event or Channel must outlive the coroutines that wait for it.
#pragma once
#include <algorithm>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "zeroway/request.h"
#include "zeroway/task.h"
#include "zeroway/websocket.h"

namespace zeroway {

inline constexpr std::chrono::milliseconds kForever = std::chrono::milliseconds::max();

// The request or WebSocket whose handler waits. Made from the handler's parameter: `event.wait(request)`,
// `event.wait(socket)`.
class Waiting {
 public:
  Waiting(AsyncRequest& request) : side_(request.side_) {}    // NOLINT: implicit on purpose
  Waiting(WebSocket& socket) : side_(socket.side_) {}         // NOLINT
  [[nodiscard]] HandlerSide& side() const { return *side_; }  // for the SDK

 private:
  HandlerSide* side_;
};

namespace detail {

class Wait;

// Coroutines that wait for one Event, Channel or Broadcast. `mutex` guards the list, and the state that they wait for.
class WaitList {
 public:
  WaitList() = default;
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  // With the mutex held: all coroutines in the list are resumed, soon.
  void notify_all();

  std::mutex mutex;

 private:
  friend class Wait;
  std::vector<Wait*> waits_;
};

// Awaited with the list's mutex held, so that no notice is missed; releases the mutex. Resumes after notify_all(),
// after `longest`, or with Cancelled.
class [[nodiscard]] Wait {
 public:
  Wait(WaitList& list, Waiting where, std::chrono::milliseconds longest, std::unique_lock<std::mutex>& held)
      : list_(list), side_(where.side()), longest_(longest), held_(held) {}
  ~Wait() { remove(); }
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  [[nodiscard]] bool await_suspend(std::coroutine_handle<> awaiter);
  void await_resume();

 private:
  friend class WaitList;
  void remove();

  WaitList& list_;
  HandlerSide& side_;
  std::chrono::milliseconds longest_;
  std::unique_lock<std::mutex>& held_;
  std::uint64_t ticket_ = 0;
  bool is_listed_ = false;  // under the list's mutex
};

// When a wait is over, by the clock of the worker's loop.
class Deadline {
 public:
  Deadline(Waiting where, std::chrono::milliseconds longest);
  // The time until then; 0 when the wait is over.
  [[nodiscard]] std::chrono::milliseconds left() const;

 private:
  HandlerSide& side_;
  std::chrono::steady_clock::time_point at_;
};

}  // namespace detail

// A flag that is set or not. Coroutines that wait for it are resumed when it is set.
class Event {
 public:
  // The event stays set until reset(). set() does nothing when the event is set already.
  void set();
  void reset();
  [[nodiscard]] bool is_set() const;
  // `co_await event.wait(request, 5s)`: true when the event is set or becomes set, false when the time is over first. A
  // wait may miss a set() when a reset() follows at once. Throws Cancelled.
  Task<bool> wait(Waiting where, std::chrono::milliseconds longest = kForever);

 private:
  mutable detail::WaitList waits_;
  bool is_set_ = false;
};

// A queue of values from any thread to a coroutine, in their order, at most `capacity` of them at once. T is movable.
template <class T>
class Channel {
 public:
  // Throws std::invalid_argument when `capacity` is 0.
  explicit Channel(std::size_t capacity) : capacity_(capacity) {
    if (capacity == 0) throw std::invalid_argument("a channel's capacity is at least 1");
  }

  // False, and `value` is dropped, when the channel is full or closed. Never waits.
  [[nodiscard]] bool try_send(T value) {
    const std::unique_lock lock(waits_.mutex);
    return put(value);
  }
  // Waits until the channel has room. False when the time is over first, or the channel is closed. Throws Cancelled.
  Task<bool> send(Waiting where, T value, std::chrono::milliseconds longest = kForever) {
    const detail::Deadline deadline(where, longest);
    while (true) {
      std::unique_lock lock(waits_.mutex);
      if (put(value)) co_return true;
      const auto left = deadline.left();
      if (is_closed_ || left.count() == 0) co_return false;
      co_await detail::Wait(waits_, where, left, lock);
    }
  }
  // The next value, or nothing when the channel is empty. Never waits.
  [[nodiscard]] std::optional<T> try_receive() {
    const std::unique_lock lock(waits_.mutex);
    return take();
  }
  // Waits for the next value. Nothing when the time is over, or when the channel is closed and all its values have been
  // received: is_closed() tells which. Throws Cancelled. Each value goes to one receiver.
  Task<std::optional<T>> receive(Waiting where, std::chrono::milliseconds longest = kForever) {
    const detail::Deadline deadline(where, longest);
    while (true) {
      std::unique_lock lock(waits_.mutex);
      std::optional<T> value = take();
      const auto left = deadline.left();
      if (value || is_closed_ || left.count() == 0) co_return value;
      co_await detail::Wait(waits_, where, left, lock);
    }
  }
  // After close() no value can be sent; values that were sent before can still be received.
  void close() {
    const std::unique_lock lock(waits_.mutex);
    is_closed_ = true;
    waits_.notify_all();
  }
  [[nodiscard]] bool is_closed() const {
    const std::unique_lock lock(waits_.mutex);
    return is_closed_;
  }
  // How many values wait.
  [[nodiscard]] std::size_t size() const {
    const std::unique_lock lock(waits_.mutex);
    return values_.size();
  }

 private:
  // With the mutex held.
  bool put(T& value) {
    if (is_closed_ || values_.size() >= capacity_) return false;
    values_.push_back(std::move(value));
    waits_.notify_all();
    return true;
  }
  std::optional<T> take() {
    if (values_.empty()) return std::nullopt;
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    waits_.notify_all();
    return value;
  }

  const std::size_t capacity_;
  mutable detail::WaitList waits_;  // senders and receivers
  std::deque<T> values_;
  bool is_closed_ = false;
};

}  // namespace zeroway
