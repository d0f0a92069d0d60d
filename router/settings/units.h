// Sizes and times as people write them: "64KiB", "1m", "500ms", "5".
//
// Owner: nobody; free functions.   Thread: any.
// Not here: which values an option allows (settings/command_line.cpp).
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace zeroway {

// A whole number of bytes; b, k m g and KiB MiB GiB (1024), kB MB GB (1000). Nothing when `text` is no size or does not
// fit.
[[nodiscard]] std::optional<std::uint64_t> read_size(std::string_view text);
// Seconds, whole or with a fraction; ms, s, m, h, d. Nothing when `text` is no time or passes 10 years.
[[nodiscard]] std::optional<std::chrono::milliseconds> read_time(std::string_view text);

}  // namespace zeroway
