// How many requests each member of a pool has open, and the guard that counts one of them.
//
// Owner: a Chooser keeps an OpenCount for each member; whoever serves a request keeps its Reservation until it is over.
// Thread: any. Counts that a path of errors forgets make a member "full" until a restart; a destructor forgets none.
// Not here: which member is picked (route/chooser.h).
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace zeroway {

// Alone in its cache line: the loops write to different members without waiting for each other.
class alignas(64) OpenCount {
 public:
  // False, and nothing is counted, when `most` are open. 0 = no limit. Exact, however many loops ask at once.
  [[nodiscard]] bool try_add(std::uint32_t most) {
    std::uint32_t open = open_.load(std::memory_order_relaxed);
    do {
      if (most != 0 && open >= most) return false;
    } while (!open_.compare_exchange_weak(open, open + 1, std::memory_order_relaxed));
    return true;
  }
  void remove() { open_.fetch_sub(1, std::memory_order_relaxed); }
  [[nodiscard]] std::uint32_t open() const { return open_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint32_t> open_{0};  // orders nothing else, so relaxed is enough
};

class Reservation {
 public:
  Reservation() = default;
  // `count` has counted this one already, and outlives it.
  Reservation(std::size_t member, OpenCount& count) : member_(member), count_(&count) {}
  Reservation(Reservation&& other) noexcept : member_(other.member_), count_(std::exchange(other.count_, nullptr)) {}
  Reservation& operator=(Reservation&& other) noexcept {
    if (this == &other) return *this;
    release();
    member_ = other.member_;
    count_ = std::exchange(other.count_, nullptr);
    return *this;
  }
  ~Reservation() { release(); }

  [[nodiscard]] std::size_t member() const { return member_; }  // index in the pool
  // The request is over. Also done by the destructor; a second time does nothing.
  void release() {
    if (OpenCount* count = std::exchange(count_, nullptr)) count->remove();
  }

 private:
  std::size_t member_ = 0;
  OpenCount* count_ = nullptr;
};

}  // namespace zeroway
