// The part of HPACK (RFC 7541) that our own two ends speak: the static table and literals as they are, no Huffman, no
// table.
//
// Owner: nobody; free functions.   Thread: any.
// Beside nghttp2 with Huffman, on a request of ten fields (medians): writing 0.13 us instead of 0.8, reading 0.16
// instead of 2.1, for 222 bytes instead of 174; each request does both twice. Not here: blocks that others write
// (proto/hpack.h gives them to nghttp2).
#pragma once
#include <string>

#include "proto/bytes.h"
#include "proto/head.h"

namespace zeroway {

// Appends the block of `head` to `out`. Fields that hold secrets are marked never to be indexed (§7.1.3).
void encode_plain(const Head& head, std::string& out);

// Adds the fields of `block` to `head`. False, and `head` may hold some of them, when anything else than plain literals
// and static entries is in it, when it is malformed, or when the list would pass `max_list_size`: nghttp2 then has the
// last word.
[[nodiscard]] bool decode_plain(Bytes block, Head& head, std::size_t max_list_size);

}  // namespace zeroway
