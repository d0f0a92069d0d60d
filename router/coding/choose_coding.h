// Reads Accept-Encoding and chooses the coding that a client likes best (RFC 9110 §12.5.3).
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: whether a reply may be coded at all (coding/coded_head.h).
#pragma once
#include <span>

#include "proto/head.h"
#include "router/coding/coding.h"

namespace zeroway {

// The coding of `there` that the request likes best; of those that it likes equally, the first. Identity, where it is
// there and not named by the request, is liked less than everything that is named. Identity without Accept-Encoding,
// and when the request accepts nothing of `there`: a reply that the client may not read is better than none.
[[nodiscard]] Coding choose_coding(const Head& request, std::span<const Coding> there);

}  // namespace zeroway
