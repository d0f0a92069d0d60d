// Dates as HTTP has them (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
//
// Owner: nobody; free functions.   Thread: any.
// Not here: the clock.
#pragma once
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace zeroway {

[[nodiscard]] std::string write_http_date(std::time_t time);
// Reads a date in any of the three forms that a recipient must know; nothing when the text has none of them.
[[nodiscard]] std::optional<std::time_t> read_http_date(std::string_view text);

}  // namespace zeroway
