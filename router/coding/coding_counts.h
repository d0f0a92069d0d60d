// What was coded so far.
//
// Owner: a loop's CoderPool; copies are for any.   Thread: that loop.
// Not here: when a reply is coded (router/backends/coded_backend.h).
#pragma once
#include <array>
#include <cstdint>

#include "router/coding/coding.h"

namespace zeroway {

struct CodingCounts {
  std::array<std::uint64_t, kCodings> replies{};  // by Coding
  std::uint64_t bytes_in = 0;                     // of their bodies, from backends
  std::uint64_t bytes_out = 0;                    // of their bodies, coded

  void add(const CodingCounts& other) {
    for (std::size_t at = 0; at < kCodings; ++at) replies[at] += other.replies[at];
    bytes_in += other.bytes_in;
    bytes_out += other.bytes_out;
  }
};

}  // namespace zeroway
