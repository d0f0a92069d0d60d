// Dates as HTTP writes them (RFC 9110 §5.6.7).
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: the time of now (router/observe/wall_clock.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zeroway {

// Seconds since 1970, to "Sun, 06 Nov 1994 08:49:37 GMT" and back. All three forms of RFC 9110 are read; a year of two
// digits is 1970 to 2069.
[[nodiscard]] std::string write_http_date(std::int64_t seconds);
[[nodiscard]] std::optional<std::int64_t> read_http_date(std::string_view text);

}  // namespace zeroway
