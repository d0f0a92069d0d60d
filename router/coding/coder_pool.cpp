#include "router/coding/coder_pool.h"

#include <algorithm>

#include "router/coding/brotli_coder.h"
#include "router/coding/gzip_coder.h"
#include "router/coding/zstd_coder.h"

namespace zeroway {

bool CoderPool::book(const CoderKind& kind) {
  if (booked_ + coder_memory(kind) > most_) return false;
  booked_ += coder_memory(kind);
  return true;
}

std::unique_ptr<Coder> CoderPool::take(const CoderKind& kind) {
  Spare& spare = spare_of(kind);
  if (spare.empty()) return make(kind);
  std::unique_ptr<Coder> coder = std::move(spare.back());
  spare.pop_back();
  return coder;
}

void CoderPool::give_back(const CoderKind& kind, std::unique_ptr<Coder> coder) {
  booked_ -= coder_memory(kind);
  Spare& spare = spare_of(kind);
  if (!coder || spare.size() >= kWarmCoders) return;
  coder->restart();
  spare.push_back(std::move(coder));
}

CoderPool::Spare& CoderPool::spare_of(const CoderKind& kind) {
  const auto is_same = [&](const auto& entry) { return entry.first == kind; };
  const auto found = std::find_if(spare_.begin(), spare_.end(), is_same);
  return found != spare_.end() ? found->second : spare_.emplace_back(kind, Spare()).second;
}

std::unique_ptr<Coder> CoderPool::make(const CoderKind& kind) {
  if (kind.coding == Coding::gzip) return std::make_unique<GzipCoder>(kind);
  if (kind.coding == Coding::zstd) return std::make_unique<ZstdCoder>(kind);
  return std::make_unique<BrotliCoder>(kind, blocks_);
}

}  // namespace zeroway
