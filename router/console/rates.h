// Rates and percentiles from two looks at totals.
//
// Owner: nobody; pure functions.   Thread: any.
// A total that became smaller means that the router, or the member, began anew: nothing is known until the next look.
// Not here: when to look (console/top.h).
#pragma once
#include <cstdint>
#include <optional>

#include "router/console/figures.h"

namespace zeroway::console {

[[nodiscard]] std::optional<double> per_second(std::uint64_t before, std::uint64_t now, double seconds);

// The duration in seconds below which `share` of the requests ended between the two looks, linear inside its bucket;
// infinite when it is above the last bound. Nothing when no request ended, or the buckets do not fit together.
[[nodiscard]] std::optional<double> quantile(const Durations& before, const Durations& now, double share);

}  // namespace zeroway::console
