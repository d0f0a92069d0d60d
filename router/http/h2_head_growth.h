// Detects HPACK bombs: how many bytes of fields a byte of a header block decodes to. By HPACK's dynamic table, one byte
// can stand for four thousand.
//
// Owner: H2Codec keeps one, as header blocks never interleave (RFC 9113 §4.3).   Thread: the connection's loop.
// Not here: how large a head may be (h2_head_reader.h), ending the connection (h2_codec_reading.cpp).
#pragma once
#include <cstddef>
#include <cstdint>

#include "router/http/limits.h"

namespace zeroway {

class H2HeadGrowth {
 public:
  // A header block begins. `read`: the bytes that were read from the connection at the block's first byte, or before.
  void begin(std::uint64_t read) { last_ = {0, read}; }

  // Whether enough was decoded since the last check for another one. Each check costs a pause of nghttp2, since only
  // then the number of bytes that were read is known.
  [[nodiscard]] bool is_due(std::size_t decoded) const { return decoded - last_.decoded >= kGrowthLook; }

  // The check: so far `decoded` bytes of the block (names, values and 32 for each field, RFC 9113 §6.5.2) and `read`
  // bytes of the connection. True when the part since the last check is a bomb.
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
