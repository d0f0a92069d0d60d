// Header blocks that decode alone, in any order: HPACK (RFC 7541) with a dynamic table of size 0.
//
// Owner: a loop keeps one of each; they hold no state from one block to the next.   Thread: that loop.
// Not here: which fields are legal where (proto/head_rules.h).
#pragma once
#include <memory>
#include <string>

#include "proto/bytes.h"
#include "proto/error.h"
#include "proto/head.h"
#include "proto/limits.h"

struct nghttp2_hd_inflater;

namespace zeroway {

class HpackEncoder {
 public:
  // Appends the block of `head` to `out`: plain literals and static entries (proto/hpack_plain.h says why).
  void encode(const Head& head, std::string& out);
};

class HpackDecoder {
 public:
  HpackDecoder();
  ~HpackDecoder();
  // Adds the block's fields to `head` (cleared first). Fails, with the decoder still good for the next block, when the
  // block is malformed, refers to a dynamic table, or its list would pass `max_list_size` (found before it is all
  // there).
  [[nodiscard]] Result<> decode(Bytes block, Head& head, std::size_t max_list_size = kMaxHeadSize);

  // The same by nghttp2 alone, Huffman and all: what decode() falls back to, and tests hold the plain reader against.
  [[nodiscard]] Result<> decode_any(Bytes block, Head& head, std::size_t max_list_size = kMaxHeadSize);

 private:
  nghttp2_hd_inflater* inflater_;
};

}  // namespace zeroway
