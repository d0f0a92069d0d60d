// Lends coders to replies: a coder that is given back codes the next reply in the same memory.
//
// Owner: LoopBackends keeps one per loop; outlives the backends.   Thread: that loop.
// All coders lent at once take at most kCoderMemory: beyond, there is none.
// Not here: what is done with a coder (router/backends/coded_body.h).
#pragma once
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "router/coding/coder.h"
#include "router/coding/coder_kind.h"
#include "router/coding/limits.h"
#include "router/coding/spare_blocks.h"

namespace zeroway {

class CoderPool {
 public:
  explicit CoderPool(std::size_t most = kCoderMemory) : most_(most) {}

  // Null when the coders that are lent take all memory that they may. The coder goes back by give().
  [[nodiscard]] std::unique_ptr<Coder> take(const CoderKind& kind);
  void give(const CoderKind& kind, std::unique_ptr<Coder> coder);
  // Bytes that the coders lent now take at most.
  [[nodiscard]] std::size_t lent() const { return lent_; }

 private:
  using Spare = std::vector<std::unique_ptr<Coder>>;

  [[nodiscard]] Spare& spare_of(const CoderKind& kind);
  [[nodiscard]] std::unique_ptr<Coder> make(const CoderKind& kind);

  const std::size_t most_;
  std::size_t lent_ = 0;
  SpareBlocks blocks_{kWarmBlocks};
  std::vector<std::pair<CoderKind, Spare>> spare_;  // a few kinds: those of the plan
};

}  // namespace zeroway
