// gzip by zlib (RFC 1952).
//
// Owner: CoderPool.   Thread: one loop.
// Not here: messages of WebSockets (router/http/ws_deflate.h).
#pragma once
#include <zlib.h>

#include "router/coding/coder.h"
#include "router/coding/coder_kind.h"

namespace zeroway {

class GzipCoder final : public Coder {
 public:
  explicit GzipCoder(const CoderKind& kind);
  ~GzipCoder() override;
  GzipCoder(const GzipCoder&) = delete;
  GzipCoder& operator=(const GzipCoder&) = delete;

  [[nodiscard]] bool code(Bytes bytes, Follows follows, std::string& out) override;
  void restart() override;

 private:
  z_stream stream_{};
  bool is_good_;
};

}  // namespace zeroway
