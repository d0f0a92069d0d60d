// Counters as lines for people and tests: `name value`, in the order of observe/counters.h.
//
// Owner: nobody; free functions over values.   Thread: any that may read the counters.
// Not here: counting.
#pragma once
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "router/observe/counters.h"

namespace zeroway {

void add(Counters& sum, const Counters& counters);
[[nodiscard]] std::vector<std::pair<std::string_view, std::uint64_t>> named_counters(const Counters& counters);
// Writes all counters to the log.
void write_report(const Counters& counters);

}  // namespace zeroway
