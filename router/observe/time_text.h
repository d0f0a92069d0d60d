// The time of the day as text, in UTC.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: dates of HTTP (observe/http_date.h), the time of now (observe/wall_clock.h).
#pragma once
#include <string>

#include "router/observe/wall_clock.h"

namespace zeroway {

// `shape` as strftime has it, for at most 63 characters; by default that of "2026-11-21 15:04:05 UTC", for people.
[[nodiscard]] std::string utc_text(WallTime time, const char* shape = "%Y-%m-%d %H:%M:%S UTC");
// Unix time in seconds with three digits: "1764516000.123".
[[nodiscard]] std::string unix_seconds_text(WallTime time);

}  // namespace zeroway
