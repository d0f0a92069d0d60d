// Header blocks: HPACK (RFC 7541) with a dynamic table of size 0, so each block decodes alone, in any order.
//
// Owner: a loop keeps one encoder and one decoder; neither holds state from one block to the next.   Thread: that loop.
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
  // Clears `head` and adds the block's fields. Fails when the block is malformed, refers to a dynamic table, or would
  // make a list over `max_list_size` (found before the whole list is there). After a failure the decoder is still good
  // for the next block.
  [[nodiscard]] Result<> decode(Bytes block, Head& head, std::size_t max_list_size = kMaxHeadSize);

  // The same by nghttp2 alone, with Huffman. decode() falls back to this function, and tests compare the plain reader
  // with it.
  [[nodiscard]] Result<> decode_any(Bytes block, Head& head, std::size_t max_list_size = kMaxHeadSize);

 private:
  nghttp2_hd_inflater* inflater_;
};

}  // namespace zeroway
