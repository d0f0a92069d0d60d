#include "router/access/rate_table.h"

#include <algorithm>
#include <bit>

namespace zeroway {

namespace {

using std::chrono::nanoseconds;

constexpr auto kRelaxed = std::memory_order_relaxed;  // each word stands for itself

RateTable::Taken describe(std::int64_t ahead, const RateRule& rule, bool is_allowed) {
  const std::int64_t interval = std::max<std::int64_t>(rule.interval().count(), 1);
  const std::int64_t most = interval * static_cast<std::int64_t>(rule.burst);
  RateTable::Taken taken;
  taken.is_allowed = is_allowed;
  taken.left = static_cast<std::uint64_t>(std::max<std::int64_t>(most - ahead, 0) / interval);
  taken.wait = nanoseconds(std::max<std::int64_t>(ahead + interval - most, 0));
  taken.reset = nanoseconds(ahead);
  return taken;
}

}  // namespace

RateTable::RateTable(std::size_t slots)
    : count_(std::bit_ceil(std::max(slots / kWays, std::size_t{1}))), sets_(std::make_unique<Set[]>(count_)) {}

RateTable::Taken RateTable::take(std::uint64_t key, const RateRule& rule, Time now) {
  const std::int64_t at = nanoseconds(now.time_since_epoch()).count();
  const std::int64_t interval = std::max<std::int64_t>(rule.interval().count(), 1);
  const std::int64_t most = interval * static_cast<std::int64_t>(rule.burst);
  Slot& slot = slot_of(std::max<std::uint64_t>(key, 1), at);
  std::int64_t due = slot.due.load(kRelaxed);
  while (true) {
    const std::int64_t next = std::max(due, at) + interval;
    if (next - at > most) return describe(std::max(due, at) - at, rule, false);
    if (slot.due.compare_exchange_weak(due, next, kRelaxed)) return describe(next - at, rule, true);
  }
}

// Two loops that bring one new client choose the same slot, and the second one finds the first one's key. A loop that
// still counts for the client who had the slot before counts one request too many for the new one.
RateTable::Slot& RateTable::slot_of(std::uint64_t key, std::int64_t now) {
  Set& set = sets_[key >> 16 & (count_ - 1)];
  while (true) {
    Slot* least = &set.slots[0];
    for (Slot& slot : set.slots) {
      if (slot.key.load(kRelaxed) == key) return slot;
      const bool is_less = slot.due.load(kRelaxed) < least->due.load(kRelaxed);
      if (least->due.load(kRelaxed) > now && is_less) least = &slot;
    }
    std::uint64_t before = least->key.load(kRelaxed);
    if (!least->key.compare_exchange_strong(before, key, kRelaxed)) continue;
    if (least->due.load(kRelaxed) > now) least->due.store(now, kRelaxed);
    return *least;
  }
}

std::size_t RateTable::used() const {
  std::size_t used = 0;
  for (std::size_t at = 0; at < count_; ++at)
    for (const Slot& slot : sets_[at].slots) used += slot.key.load(kRelaxed) != 0 ? 1 : 0;
  return used;
}

}  // namespace zeroway
