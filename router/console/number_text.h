// Numbers as people read them on a screen.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: what the numbers are (console/figures.h), rates (console/rates.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace zeroway::console {

[[nodiscard]] std::string rate_text(std::optional<double> per_second);   // "0", "0.3", "12.5", "1250", "-" = not known
[[nodiscard]] std::string duration_text(std::optional<double> seconds);  // "0.12ms", "3.4ms", "1.25s", ">60s"
[[nodiscard]] std::string age_text(double seconds);                      // "12s", "3m05s", "4h12m", "3d04h"
[[nodiscard]] std::string size_text(std::uint64_t bytes);                // "123B", "4.5KiB", "1.2GiB"
[[nodiscard]] std::string utc_time(double unix_seconds);                 // "2026-11-21 15:04:05 UTC"

}  // namespace zeroway::console
