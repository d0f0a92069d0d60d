// How many bytes in memory a byte of a header block became: by HPACK's table, one can stand for four thousand.
//
// Owner: H2Codec keeps one: blocks never interleave (RFC 9113 §4.3).   Thread: the connection's loop.
// Not here: how large a head may be (h2_head_reader.h), what becomes of a bomb (h2_codec_reading.cpp).
#pragma once
#include <cstddef>
#include <cstdint>

#include "router/http/limits.h"

namespace zeroway {

class H2HeadGrowth {
 public:
  // A block begins. `read` is how much of the connection was read at its first byte, or before.
  void begin(std::uint64_t read) { last_ = {0, read}; }

  // Whether so much was decoded since the last look that another one is worth it: what was read is not always known.
  [[nodiscard]] bool is_due(std::size_t decoded) const { return decoded - last_.decoded >= kGrowthLook; }

  // A look: the block is `decoded` bytes long so far, names and values and 32 for each field (RFC 9113 §6.5.2), and the
  // connection `read`. True when what came since the last look is a bomb.
  [[nodiscard]] bool is_bomb(std::size_t decoded, std::uint64_t read) {
    const bool is_bomb = decoded - last_.decoded > (read - last_.read) * kMaxGrowth;
    last_ = {decoded, read};
    return is_bomb;
  }

 private:
  struct Look {
    std::size_t decoded = 0;
    std::uint64_t read = 0;
  };
  Look last_;
};

}  // namespace zeroway
