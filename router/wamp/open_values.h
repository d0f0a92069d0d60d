// The lists and maps that a reader of MessagePack or CBOR is inside of: what comes next, and when one is complete.
//
// Owner: one reader, for one message.   Thread: any.
// Not here: the bytes (byte_input.h).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "router/wamp/limits.h"

namespace zeroway {

class OpenValues {
 public:
  static constexpr std::uint64_t kUntilBreak = ~std::uint64_t{0};  // no count: a break ends it (RFC 8949 §3.2)

  [[nodiscard]] bool is_empty() const { return depth_ == 0; }
  [[nodiscard]] bool is_full() const { return depth_ == kDeepestValue; }
  [[nodiscard]] bool is_map() const { return top().is_map; }
  [[nodiscard]] bool expects_key() const { return depth_ > 0 && top().is_map && !top().has_key; }
  [[nodiscard]] bool has_key() const { return top().has_key; }
  [[nodiscard]] bool is_until_break() const { return top().left == kUntilBreak; }
  [[nodiscard]] bool is_complete() const { return top().left == 0; }

  // A list of `count` values, or a map of `count` pairs; is_full() is false.
  void open(bool is_map, std::uint64_t count) { levels_[depth_++] = {count, is_map, false}; }
  void close() { --depth_; }
  void took_key() { top().has_key = true; }
  // The value may be the list or the map that opens next.
  void took_value() {
    if (depth_ == 0) return;
    top().has_key = false;
    if (top().left != kUntilBreak) --top().left;
  }

 private:
  struct Level {
    std::uint64_t left;
    bool is_map;
    bool has_key;
  };
  [[nodiscard]] Level& top() { return levels_[depth_ - 1]; }
  [[nodiscard]] const Level& top() const { return levels_[depth_ - 1]; }

  std::array<Level, kDeepestValue> levels_;  // uninitialized beyond depth_
  std::size_t depth_ = 0;
};

}  // namespace zeroway
