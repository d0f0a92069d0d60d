// Bytes that were read from a socket and are not used up: the beginning of a frame whose rest has not come.
//
// Owner: a LoopConnection.   Thread: the loop.
// Not here: reading, and what the bytes mean. Its reader bounds it: nobody reads on behind a frame that is too long.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "proto/bytes.h"

namespace zeroway {

class InputBuffer {
 public:
  // Where the next bytes may be put: at least kLeastRoom, and kReadSize when the buffer is empty.
  [[nodiscard]] std::span<std::uint8_t> room();
  // So many bytes were put there.
  void added(std::size_t count) { end_ += count; }
  [[nodiscard]] Bytes bytes() const { return {memory_.get() + begin_, end_ - begin_}; }
  // So many bytes are used up. A buffer that has grown frees its memory when it is empty.
  void taken(std::size_t count);

 private:
  void grow(std::size_t capacity);

  std::unique_ptr<std::uint8_t[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0, end_ = 0;  // of the bytes, in `memory_`
};

}  // namespace zeroway
