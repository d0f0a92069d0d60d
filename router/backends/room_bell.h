// Tells the loops whose requests wait for a full pool that a request somewhere is over: one loop for each request.
//
// Owner: ServersPool.   Thread: any. A mutex guards the list of those that wait; while nobody waits, ringing is one
// load of an atomic. Loops are told in the order in which they asked, so that a busy loop does not take all the room.
// Not here: who waits on one loop (backends/line.h).
#pragma once
#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "router/net/loop.h"

namespace zeroway {

class RoomBell {
 public:
  class Waiter {
   public:
    // `ring` is called on `loop`, in a task of its own.
    Waiter(Loop& loop, std::function<void()> ring) : loop_(loop), ring_(std::move(ring)) {}
    // On `loop`: no more calls.
    void stop() { ring_ = nullptr; }

   private:
    friend RoomBell;
    Loop& loop_;
    std::function<void()> ring_;
  };

  // The waiter is told once. A waiter that waits already keeps its place.
  void wait(const std::shared_ptr<Waiter>& waiter);
  // The waiter waits no longer. Its loop may end after this call.
  void leave(const std::shared_ptr<Waiter>& waiter);
  // A request is over: there may be room.
  void ring() {
    if (count_.load() > 0) ring_first();
  }

 private:
  void ring_first();

  std::mutex mutex_;
  std::deque<std::shared_ptr<Waiter>> waiters_;
  std::atomic<std::size_t> count_{0};
};

}  // namespace zeroway
