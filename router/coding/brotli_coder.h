// br by libbrotli (RFC 7932).
//
// Owner: CoderPool.   Thread: one loop.
// libbrotli cannot begin a second body with the same encoder: each body gets a new one, in the memory of the old ones.
// Not here: other codings (coding/gzip_coder.h, coding/zstd_coder.h).
#pragma once
#include <brotli/encode.h>

#include <memory>

#include "router/coding/coder.h"
#include "router/coding/coder_kind.h"
#include "router/coding/spare_blocks.h"

namespace zeroway {

class BrotliCoder final : public Coder {
 public:
  // `blocks` outlives this object.
  BrotliCoder(const CoderKind& kind, SpareBlocks& blocks) : kind_(kind), blocks_(blocks) {}

  [[nodiscard]] bool code(Bytes bytes, Follows follows, std::string& out) override;
  void restart() override { encoder_.reset(); }

 private:
  struct Free {
    void operator()(BrotliEncoderState* encoder) const { BrotliEncoderDestroyInstance(encoder); }
  };
  [[nodiscard]] bool begin();

  CoderKind kind_;
  SpareBlocks& blocks_;
  std::unique_ptr<BrotliEncoderState, Free> encoder_;
};

}  // namespace zeroway
