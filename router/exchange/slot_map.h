// Objects found by keys. A key is a slot's number and its generation, so it never names a second object.
//
// Owner: Exchanges.   Thread: one loop.
// A retired object keeps its place and its memory, untouched, until recycle(): a function of the object may still be
// running. After recycle() the object is handed out again, with its memory.
// Not here: when recycle() is safe (exchange/exchanges.cpp).
#pragma once
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace zeroway {

template <class T>
class SlotMap {
 public:
  using Key = std::uint64_t;  // generation << 32 | slot; never 0

  // At most `warm` objects that are not in use keep their memory.
  explicit SlotMap(std::size_t warm) : warm_(warm) {}

  // The object used last, or one from make() (a unique_ptr<T>) when none is free.
  template <class Make>
  Key add(Make make) {
    const std::uint32_t index = take_free();
    Slot& slot = slots_[index];
    if (!slot.object) slot.object = make();
    slot.is_live = true;
    ++size_;
    return Key{slot.generation} << 32 | index;
  }

  // Nothing for a stale key.
  [[nodiscard]] T* find(Key key) {
    const auto index = static_cast<std::uint32_t>(key);
    if (index >= slots_.size()) return nullptr;
    const Slot& slot = slots_[index];
    return slot.is_live && slot.generation == key >> 32 ? slot.object.get() : nullptr;
  }

  // Makes `key`, which must be good, stale at once.
  void retire(Key key) {
    assert(find(key));
    const auto index = static_cast<std::uint32_t>(key);
    Slot& slot = slots_[index];
    slot.is_live = false;
    if (++slot.generation == 0) slot.generation = 1;
    retired_.push_back(index);
    --size_;
  }

  // Retired objects may be handed out from now on.
  void recycle() {
    for (const std::uint32_t index : retired_) {
      if (free_.size() >= warm_) slots_[index].object.reset();
      free_.push_back(index);
    }
    retired_.clear();
  }

  // Calls `visit` with the key of each object that is in use. It adds and retires nothing.
  template <class Visit>
  void for_each(Visit visit) {
    for (std::size_t index = 0; index < slots_.size(); ++index) {
      Slot& slot = slots_[index];
      if (slot.is_live) visit(Key{slot.generation} << 32 | index, *slot.object);
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::unique_ptr<T> object;
    std::uint32_t generation = 1;
    bool is_live = false;
  };

  std::uint32_t take_free() {
    if (free_.empty()) {
      slots_.emplace_back();
      return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    return index;
  }

  std::size_t warm_;
  std::size_t size_ = 0;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> retired_, free_;
};

}  // namespace zeroway
