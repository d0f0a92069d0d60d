// The part of HPACK (RFC 7541) that our router and our worker SDK use: the static table and plain literals, no Huffman,
// no dynamic table.
//
// Owner: nobody; free functions.   Thread: any.
// Compared with nghttp2 with Huffman, on a request of ten fields (medians): writing takes 0.13 us instead of 0.8,
// reading 0.16 us instead of 2.1, for 222 bytes instead of 174. Each request does both twice. Not here: blocks of other
// encoders (proto/hpack.h gives those to nghttp2).
#pragma once
#include <string>

#include "proto/bytes.h"
#include "proto/head.h"

namespace zeroway {

// Appends the block of `head` to `out`. Fields that hold secrets are marked never to be indexed (§7.1.3).
void encode_plain(const Head& head, std::string& out);

// Adds the fields of `block` to `head`. False when the block holds anything but plain literals and static entries, when
// the block is malformed, or when the list would pass `max_list_size`. `head` may then hold some of the fields, and
// nghttp2 decides about the block.
[[nodiscard]] bool decode_plain(Bytes block, Head& head, std::size_t max_list_size);

}  // namespace zeroway
