#include "router/coding/spare_blocks.h"

#include <cstdlib>
#include <cstring>

namespace zeroway {

namespace {

constexpr std::size_t kPrefix = alignof(std::max_align_t);  // in front of a block: its size

void* block_at(void* begin) { return static_cast<char*>(begin) + kPrefix; }
void* begin_of(void* block) { return static_cast<char*>(block) - kPrefix; }

}  // namespace

SpareBlocks::~SpareBlocks() {
  for (const auto& [size, blocks] : spare_)
    for (void* block : blocks) std::free(begin_of(block));
}

void* SpareBlocks::take(std::size_t size) {
  if (const auto found = spare_.find(size); found != spare_.end() && !found->second.empty()) {
    void* block = found->second.back();
    found->second.pop_back();
    kept_ -= size;
    return block;
  }
  void* begin = std::malloc(kPrefix + size);
  if (begin == nullptr) return nullptr;
  std::memcpy(begin, &size, sizeof size);
  return block_at(begin);
}

void SpareBlocks::give(void* block) {
  if (block == nullptr) return;
  std::size_t size = 0;
  std::memcpy(&size, begin_of(block), sizeof size);
  if (kept_ + size > most_) return std::free(begin_of(block));
  kept_ += size;
  spare_[size].push_back(block);
}

}  // namespace zeroway
