// Bytes that were read from a socket and not taken yet: the beginning of something whose rest has not come.
//
//     memory: ─ taken ─ begin ── bytes ── end ── room ─
//
// Owner: a connection.   Thread: the loop's.
// Empty, it has kKeptCapacity of memory at most. A larger block is the loop's spare one, or goes there, so that many
// connections in turn read large frames without new memory. Not here: reading, and what the bytes mean.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "proto/bytes.h"

namespace zeroway {

struct InputBlock {
  std::unique_ptr<std::uint8_t[]> memory;
  std::size_t capacity = 0;
};

// In each call, `spare` is the loop's.
class KeptInput {
 public:
  [[nodiscard]] bool is_empty() const { return begin_ == end_; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] Bytes bytes() const { return {block_.memory.get() + begin_, size()}; }

  // Keeps a copy.
  void add(Bytes bytes, InputBlock& spare);
  // Room for the next bytes, `wanted` at most and at least one. Whoever sends little makes us hold little: the room is
  // kReadSize or as much as is kept already, whichever is more.
  [[nodiscard]] std::span<std::uint8_t> room(std::size_t wanted, InputBlock& spare);
  // So many bytes were put there.
  void added(std::size_t count) { end_ += count; }
  // So many bytes were taken.
  void taken(std::size_t count, InputBlock& spare);
  void clear(InputBlock& spare) { taken(size(), spare); }

 private:
  void make_room(std::size_t count, InputBlock& spare);

  InputBlock block_;
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace zeroway
