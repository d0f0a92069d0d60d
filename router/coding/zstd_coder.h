// zstd by libzstd (RFC 8878).
//
// Owner: CoderPool.   Thread: one loop.
// Not here: other codings (coding/gzip_coder.h, coding/brotli_coder.h).
#pragma once
#include <zstd.h>

#include <memory>

#include "router/coding/coder.h"
#include "router/coding/coder_kind.h"

namespace zeroway {

class ZstdCoder final : public Coder {
 public:
  explicit ZstdCoder(const CoderKind& kind);

  [[nodiscard]] bool code(Bytes bytes, Follows follows, std::string& out) override;
  void restart() override;

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  void set(ZSTD_cParameter parameter, int value);

  std::unique_ptr<ZSTD_CCtx, Free> context_;
  bool is_good_;
};

}  // namespace zeroway
