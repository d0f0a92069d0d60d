// Blocks of memory that were given back, for the next one who asks for the same size.
//
// Owner: CoderPool.   Thread: one loop.
// A library that asks the heap for the same megabyte for each reply makes the kernel map and clear it each time.
// Not here: who asks (coding/brotli_coder.h).
#pragma once
#include <cstddef>
#include <map>
#include <vector>

namespace zeroway {

class SpareBlocks {
 public:
  // Keeps at most `most` bytes.
  explicit SpareBlocks(std::size_t most) : most_(most) {}
  ~SpareBlocks();
  SpareBlocks(const SpareBlocks&) = delete;
  SpareBlocks& operator=(const SpareBlocks&) = delete;

  // Null when there is no memory.
  [[nodiscard]] void* take(std::size_t size);
  void give(void* block);  // null is nothing
  [[nodiscard]] std::size_t kept() const { return kept_; }

 private:
  const std::size_t most_;
  std::size_t kept_ = 0;
  std::map<std::size_t, std::vector<void*>> spare_;  // by size
};

}  // namespace zeroway
