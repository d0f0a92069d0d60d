#include "router/net/kept_input.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "proto/append_bytes.h"
#include "router/net/limits.h"

namespace zeroway {

void KeptInput::add(Bytes bytes, InputBlock& spare) {
  if (bytes.empty()) return;
  make_room(bytes.size(), spare);
  copy_bytes(block_.memory.get() + end_, bytes);
  end_ += bytes.size();
}

std::span<std::uint8_t> KeptInput::room(std::size_t wanted, InputBlock& spare) {
  make_room(std::min(wanted, std::max(kReadSize, size())), spare);
  return {block_.memory.get() + end_, std::min(wanted, block_.capacity - end_)};
}

void KeptInput::make_room(std::size_t count, InputBlock& spare) {
  if (block_.capacity - end_ >= count) return;
  const std::size_t kept = size();
  if (block_.capacity - kept < count) {
    const std::size_t needed = kept + count;
    InputBlock larger;
    if (needed > kKeptCapacity && spare.capacity >= needed) {
      larger = std::exchange(spare, {});
    } else {
      larger = {std::make_unique_for_overwrite<std::uint8_t[]>(needed), needed};
    }
    copy_bytes(larger.memory.get(), bytes());
    block_ = std::move(larger);
  } else {
    std::memmove(block_.memory.get(), block_.memory.get() + begin_, kept);
  }
  begin_ = 0;
  end_ = kept;
}

void KeptInput::taken(std::size_t count, InputBlock& spare) {
  begin_ += count;
  if (begin_ < end_) return;
  begin_ = end_ = 0;
  if (block_.capacity <= kKeptCapacity) return;
  if (block_.capacity > spare.capacity && block_.capacity <= kSpareInput) std::swap(block_, spare);
  block_ = {};
}

}  // namespace zeroway
