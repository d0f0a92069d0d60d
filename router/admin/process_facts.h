// What the kernel says of this process.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: what the router counts itself (observe/counters.h).
#pragma once
#include <cstdint>

namespace zeroway {

struct ProcessFacts {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0, virtual_bytes = 0;
  std::uint64_t descriptors = 0, most_descriptors = 0;
  std::uint64_t threads = 0;
};

// Reads /proc/self. What cannot be read stays 0.
[[nodiscard]] ProcessFacts read_process_facts();

}  // namespace zeroway
