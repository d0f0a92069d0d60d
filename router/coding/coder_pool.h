// Lends coders to replies: a coder that is given back codes the next reply in the same memory.
//
// Owner: LoopBackends keeps one per loop; outlives the backends.   Thread: that loop.
// A reply books the memory of a coder when it begins, and gets the coder when it has bytes: so those that wait share
// the few coders that are warm in the processor's cache. All coders booked take at most kCoderMemory. Not here: what is
// done with a coder (router/backends/coded_body.h).
#pragma once
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "router/coding/coder.h"
#include "router/coding/coder_kind.h"
#include "router/coding/coding_counts.h"
#include "router/coding/limits.h"
#include "router/coding/spare_blocks.h"

namespace zeroway {

class CoderPool {
 public:
  explicit CoderPool(std::size_t most = kCoderMemory) : most_(most) {}

  // Books a coder. False when the booked ones take all memory that they may.
  [[nodiscard]] bool book(const CoderKind& kind);
  // A coder that is booked.
  [[nodiscard]] std::unique_ptr<Coder> take(const CoderKind& kind);
  // The booking is over. `coder`: null when none was taken.
  void give_back(const CoderKind& kind, std::unique_ptr<Coder> coder);
  // Bytes that the coders booked now take at most.
  [[nodiscard]] std::size_t booked() const { return booked_; }

  // Of the replies that borrow coders here; whoever codes them counts.
  CodingCounts counts{};

 private:
  using Spare = std::vector<std::unique_ptr<Coder>>;

  [[nodiscard]] Spare& spare_of(const CoderKind& kind);
  [[nodiscard]] std::unique_ptr<Coder> make(const CoderKind& kind);

  const std::size_t most_;
  std::size_t booked_ = 0;
  SpareBlocks blocks_{kWarmBlocks};
  std::vector<std::pair<CoderKind, Spare>> spare_;  // a few kinds: those of the plan
};

}  // namespace zeroway
