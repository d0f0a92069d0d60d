// A queue of reply bytes that wait for the client's flow-control window.
//
// Owner: an H2Stream.   Thread: the connection's loop.
// The bytes are kept in blocks of one size, so that memory which one stream frees fits the next one, and a block is
// freed as soon as its bytes have left. An empty queue keeps one block, if it is small. Not here: how much may wait.
#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "proto/bytes.h"
#include "router/http/limits.h"

namespace zeroway {

class H2Held {
 public:
  void append(Bytes bytes) {
    size_ += bytes.size();
    while (!bytes.empty()) {
      if (blocks_.empty() || blocks_.back().size() >= kHeldBlock) add_block();
      std::string& block = blocks_.back();
      const std::size_t fits = std::min(bytes.size(), kHeldBlock - block.size());
      block.append(as_text(bytes.first(fits)));
      bytes = bytes.subspan(fits);
    }
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  // Moves the first `size` bytes to the end of `output`.
  void move_to(std::string& output, std::size_t size) {
    size_ -= size;
    while (size > 0) {
      const std::string& block = blocks_[first_];
      const std::size_t part = std::min(size, block.size() - begin_);
      output.append(block, begin_, part);
      begin_ += part;
      size -= part;
      if (begin_ == kHeldBlock) drop_block();
    }
    if (size_ == 0) clear();
  }
  void clear() {
    if (blocks_.size() > 1) blocks_.resize(1);
    if (!blocks_.empty()) {
      blocks_.front().clear();
      if (blocks_.front().capacity() > kWarmReplyMemory) blocks_.clear();
    }
    first_ = begin_ = size_ = 0;
  }

 private:
  void add_block() {
    const bool is_long = !blocks_.empty();  // a second block will be filled: allocate it at once
    blocks_.emplace_back();
    if (is_long) blocks_.back().reserve(kHeldBlock);
  }
  void drop_block() {
    std::string().swap(blocks_[first_]);
    begin_ = 0;
    ++first_;
    if (first_ < blocks_.size() - first_) return;  // erase half at a time: the cost per byte stays constant
    blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

  std::vector<std::string> blocks_;
  std::size_t first_ = 0;  // index of the first block that holds bytes; earlier blocks are freed
  std::size_t begin_ = 0;  // offset of the first byte in that block
  std::size_t size_ = 0;
};

}  // namespace zeroway
