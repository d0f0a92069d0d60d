#include "router/net/timer_wheel.h"

#include <algorithm>

namespace zeroway {

void TimerWheel::Link::unlink() {
  before->after = after;
  after->before = before;
  before = after = this;
}

void TimerWheel::set(Node& node, Time when) {
  // Rounded up: a timer never rings early.
  node.due = std::max(tick_before(when + kTick - Time::duration(1)), served_ + 1);
  node.is_set = true;
  if (node.is_linked() && node.hung <= node.due) return;
  hang(node);
}

void TimerWheel::hang(Node& node) {
  node.unlink();
  // A timer further than a round away is met one round later and hung again.
  node.hung = std::min(node.due, served_ + static_cast<std::int64_t>(kSlots));
  const std::size_t slot = static_cast<std::size_t>(node.hung) % kSlots;
  Link& list = slots_[slot];
  node.before = list.before;
  node.after = &list;
  list.before->after = &node;
  list.before = &node;
  is_used_.set(slot);
}

void TimerWheel::advance(Time now) {
  const std::int64_t target = tick_before(now);
  // After a long sleep one round meets every slot.
  served_ = std::max(served_, target - static_cast<std::int64_t>(kSlots));
  while (served_ < target) serve(served_ + 1);
}

void TimerWheel::serve(std::int64_t tick) {
  served_ = tick;
  const std::size_t slot = static_cast<std::size_t>(tick) % kSlots;
  if (!is_used_.test(slot)) return;
  is_used_.reset(slot);
  // The slot is emptied first: a ring() may hang new timers into the same slot.
  Link met;
  if (!slots_[slot].is_linked()) return;
  met.after = slots_[slot].after;
  met.before = slots_[slot].before;
  met.after->before = &met;
  met.before->after = &met;
  slots_[slot].before = slots_[slot].after = &slots_[slot];
  while (met.is_linked()) {
    Node& node = static_cast<Node&>(*met.after);
    node.unlink();
    if (!node.is_set) continue;
    if (node.due > tick) {
      hang(node);
      continue;
    }
    node.is_set = false;
    node.ring();  // may destroy the node
  }
}

std::optional<Time> TimerWheel::next() const {
  if (is_used_.none()) return std::nullopt;
  for (std::size_t ahead = 1; ahead <= kSlots; ++ahead) {
    const std::int64_t tick = served_ + static_cast<std::int64_t>(ahead);
    if (is_used_.test(static_cast<std::size_t>(tick) % kSlots)) return begin_ + tick * kTick;
  }
  return std::nullopt;
}

}  // namespace zeroway
