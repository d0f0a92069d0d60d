#include "router/access/open_table.h"

#include <algorithm>
#include <bit>

namespace zeroway {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;  // each word stands for itself
constexpr std::uint64_t kCount = 0xff'ffff;           // its bits in a slot

std::uint64_t count_of(std::uint64_t slot) { return slot & kCount; }
std::uint64_t tag_of(std::uint64_t slot) { return slot & ~kCount; }

enum class Entry : std::uint8_t { yes, full, of_another };

// `word`: the slot as it was read last.
Entry enter_slot(std::atomic<std::uint64_t>& slot, std::uint64_t tag, std::uint32_t most) {
  std::uint64_t word = slot.load(kRelaxed);
  while (count_of(word) == 0 || tag_of(word) == tag) {
    if (count_of(word) >= most) return Entry::full;
    if (slot.compare_exchange_weak(word, tag | (count_of(word) + 1), kRelaxed)) return Entry::yes;
  }
  return Entry::of_another;
}

}  // namespace

OpenTable::Place::~Place() {
  if (slot_ == nullptr) return;
  std::uint64_t word = slot_->load(kRelaxed);
  while (!slot_->compare_exchange_weak(word, count_of(word) == 1 ? 0 : word - 1, kRelaxed)) {
  }
}

OpenTable::OpenTable(std::size_t slots)
    : count_(std::bit_ceil(std::max(slots / kWays, std::size_t{1}))), sets_(std::make_unique<Set[]>(count_)) {}

// The key's own slot before a free one: a slot before it may have become free since the key got its own. Two loops that
// bring a new client at once while such a slot becomes free may use two slots: then it has up to twice as many requests
// for once.
bool OpenTable::enter(std::uint64_t key, std::uint32_t most, Place& place) {
  const std::uint64_t tag = tag_of(key);
  Set& set = sets_[(key & kCount) & (count_ - 1)];
  const auto take = [&](Slot& slot) {
    const Entry entry = enter_slot(slot, tag, most);
    if (entry == Entry::yes) place = Place(&slot);
    return entry;
  };
  for (Slot& slot : set.slots) {
    const std::uint64_t word = slot.load(kRelaxed);
    if (count_of(word) == 0 || tag_of(word) != tag) continue;
    if (const Entry entry = take(slot); entry != Entry::of_another) return entry == Entry::yes;
  }
  for (Slot& slot : set.slots) {
    if (const Entry entry = take(slot); entry != Entry::of_another) return entry == Entry::yes;
  }
  return true;
}

std::size_t OpenTable::used() const {
  std::size_t used = 0;
  for (std::size_t at = 0; at < count_; ++at)
    for (const Slot& slot : sets_[at].slots) used += count_of(slot.load(kRelaxed)) > 0 ? 1 : 0;
  return used;
}

}  // namespace zeroway
