// Many timers, cheaply: a ring of slots, one for each tick; a timer hangs in the slot of its tick.
//
// Owner: a loop.   Thread: that loop's.
// A timer moved to a later time stays in its slot, and is moved on when the slot is served. Only a timer moved to an
// earlier time changes its slot at once.
// Not here: the clock, and the sleep until next() (net/loop.cpp).
#pragma once
#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>

#include "router/observe/time.h"

namespace zeroway {

class TimerWheel {
 public:
  static constexpr std::chrono::milliseconds kTick{10};  // no timeout here needs to be finer
  static constexpr std::size_t kSlots = 1024;            // 10 s a round: few timers are met before they are due

  struct Link {
    Link* before = this;
    Link* after = this;
    [[nodiscard]] bool is_linked() const { return after != this; }
    void unlink();
  };
  struct Node : Link {
    virtual ~Node() { unlink(); }
    virtual void ring() = 0;
    std::int64_t due = 0;   // the tick at which it rings
    std::int64_t hung = 0;  // the tick whose slot it hangs in
    bool is_set = false;
  };

  explicit TimerWheel(Time now) : begin_(now) {}

  void set(Node& node, Time when);
  // Rings all timers that are due. A ring() may set and clear any timer, its own too.
  void advance(Time now);
  // When advance() has a slot to serve next; nothing when the wheel has no timer.
  [[nodiscard]] std::optional<Time> next() const;
  [[nodiscard]] Time time_of(std::int64_t tick) const { return begin_ + tick * kTick; }

 private:
  void hang(Node& node);
  void serve(std::int64_t tick);
  [[nodiscard]] std::int64_t tick_before(Time time) const { return (time - begin_) / kTick; }

  Time begin_;
  std::int64_t served_ = 0;  // all ticks up to this one
  std::array<Link, kSlots> slots_;
  std::bitset<kSlots> is_used_;  // may be set for an empty slot, never clear for a used one
};

}  // namespace zeroway
