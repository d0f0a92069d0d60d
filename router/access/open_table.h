// How many requests each client has open, and each site, for all rules and all loops.
//
// Owner: Router, shared by all loops.   Thread: any; no call waits for another.
// A slot is one word: 40 bits of the key, and 24 bits of the count. It is free when the count is 0, so there are never
// more slots in use than open requests. When all slots of a set are in use, a new client is not counted.
// Not here: what a client is (router/access/access_gate.cpp).
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "router/access/limits.h"

namespace zeroway {

class OpenTable {
  using Slot = std::atomic<std::uint64_t>;

 public:
  // One open request; it is counted until it is destroyed. The table outlives it.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(slot_, other.slot_);
      return *this;
    }
    ~Place();

   private:
    friend class OpenTable;
    explicit Place(Slot* slot) : slot_(slot) {}

    Slot* slot_ = nullptr;  // null: not counted
  };

  explicit OpenTable(std::size_t slots = kOpenSlots);

  // False, and nothing is counted, when `key` has `most` open requests already.
  [[nodiscard]] bool enter(std::uint64_t key, std::uint32_t most, Place& place);
  // For tests: slots in use.
  [[nodiscard]] std::size_t used() const;

 private:
  static constexpr std::size_t kWays = 8;  // of one cache line

  struct alignas(64) Set {
    std::array<Slot, kWays> slots{};
  };

  std::size_t count_;  // of sets: a power of two
  std::unique_ptr<Set[]> sets_;
};

}  // namespace zeroway
