// Who waits for room: first come, first served, one queue for each pool. All queues together are bounded in number, and
// each waiter in time.
//
// Owner: a backend that can be full.   Thread: one loop.
// Pure: no clock, and waiters are only keys. Not here: what has room, and which error an overdue waiter gets (the
// owner).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "router/observe/time.h"

namespace zeroway {

class Line {
 public:
  using Key = std::uint64_t;     // the owner's name for a waiter
  using Queue = std::uint32_t;   // the owner's name for a pool
  using Ticket = std::uint32_t;  // a waiter's place; good until the waiter has left the line in any way
  struct Waiter {
    Key key = 0;
    Queue queue = 0;
    Time since{};
  };

  // At most `most` waiters at once, each for at most `longest`.
  Line(std::size_t most, std::chrono::nanoseconds longest) : most_(most), longest_(longest) {}

  // Behind all others of the queue. Nothing when the line is full.
  [[nodiscard]] std::optional<Ticket> join(Queue queue, Key key, Time now);
  // The waiter waits no longer.
  void leave(Ticket ticket);

  // Calls `take(queue, key)` for the first waiter of each queue, and as long as it returns true for the next ones too.
  // A waiter that was taken has left the line. `take` must not change the line.
  template <class Take>
  void serve(Take take) {
    for (auto& [id, queue] : queues_)
      while (queue.first != kNobody && take(id, places_[queue.first].waiter.key)) take_out(queue, queue.first);
    forget_empty_queues();
  }

  // Those that have waited for `longest`, each queue's oldest first. They have left the line, so each is told once.
  [[nodiscard]] std::vector<Waiter> take_overdue(Time now);
  // All waiters of the queue, or of the line, oldest first. They have left the line.
  [[nodiscard]] std::vector<Waiter> take(Queue queue);
  [[nodiscard]] std::vector<Waiter> take_all();
  // A waiter that was taken waits on, behind all others of the queue, and keeps its age. Waiters come back in the order
  // in which they were taken, and before anybody joins.
  [[nodiscard]] Ticket rejoin(Queue queue, const Waiter& waiter);

  // Time in which nobody could be served does not count.
  void lost_time(std::chrono::nanoseconds lost);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool is_empty(Queue queue) const { return !queues_.contains(queue); }

 private:
  static constexpr Ticket kNobody = UINT32_MAX;
  struct Ends {
    Ticket first = kNobody, last = kNobody;
  };
  struct Place {
    Waiter waiter;
    Ticket before = kNobody, behind = kNobody;
  };

  [[nodiscard]] Ticket free_place();
  Ticket put(Queue queue, const Waiter& waiter);
  void take_out(Ends& queue, Ticket ticket);
  void forget_empty_queues();

  std::size_t most_;
  std::chrono::nanoseconds longest_;
  std::size_t size_ = 0;
  std::vector<Place> places_;  // used again; each queue is a list through them, so that leaving costs no search
  std::vector<Ticket> free_;
  boost::unordered_flat_map<Queue, Ends> queues_;  // none is empty
};

}  // namespace zeroway
