// Which coder a reply needs.
//
// Owner: nobody; a value.   Thread: any.
// Not here: the coders (coding/coder_pool.h).
#pragma once
#include <cstddef>
#include <cstdint>

#include "router/coding/coding.h"
#include "router/coding/coding_terms.h"

namespace zeroway {

// An event stream is open for hours and says little: its coder takes less memory.
enum class BodyKind : std::uint8_t { usual, events };

struct CoderKind {
  Coding coding = Coding::identity;
  int level = 0;  // of the coding's own scale
  BodyKind body = BodyKind::usual;

  bool operator==(const CoderKind&) const = default;
};

[[nodiscard]] CoderKind coder_kind(Coding coding, BodyKind body, const CodingTerms& terms);

// Memory that such a coder takes at most, in bytes.
[[nodiscard]] std::size_t coder_memory(const CoderKind& kind);
// Bytes that such a coder codes in about 0.1 ms: a loop does no more at a time.
[[nodiscard]] std::size_t coder_slice(const CoderKind& kind);

}  // namespace zeroway
