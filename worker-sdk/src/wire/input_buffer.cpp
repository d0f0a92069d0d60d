#include "input_buffer.h"

#include <algorithm>
#include <cstring>

#include "limits.h"

namespace zeroway {

std::span<std::uint8_t> InputBuffer::room() {
  const std::size_t size = end_ - begin_;
  if (capacity_ - end_ < kLeastRoom) {
    if (capacity_ - size < kReadSize) grow(std::max(2 * capacity_, kReadSize));
    if (begin_ > 0) std::memmove(memory_.get(), memory_.get() + begin_, size);
    begin_ = 0;
    end_ = size;
  }
  return {memory_.get() + end_, capacity_ - end_};
}

void InputBuffer::grow(std::size_t capacity) {
  auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
  if (memory_) std::memcpy(larger.get() + begin_, memory_.get() + begin_, end_ - begin_);
  memory_ = std::move(larger);
  capacity_ = capacity;
}

void InputBuffer::taken(std::size_t count) {
  begin_ += count;
  if (begin_ < end_) return;
  begin_ = end_ = 0;
  if (capacity_ <= 2 * kReadSize) return;
  memory_.reset();
  capacity_ = 0;
}

}  // namespace zeroway
