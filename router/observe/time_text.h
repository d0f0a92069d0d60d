// The time of the day as text, in UTC.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: dates of HTTP (observe/http_date.h), the time of now (observe/wall_clock.h).
#pragma once
#include <chrono>
#include <ctime>
#include <string>

#include "router/observe/wall_clock.h"

namespace zeroway {

// `shape` as strftime has it, for at most 63 characters; by default that of "2026-11-21 15:04:05 UTC", for people.
[[nodiscard]] std::string utc_text(WallTime time, const char* shape = "%Y-%m-%d %H:%M:%S UTC");
// The same for Unix time in seconds, also where WallTime has no such time (after the year 2262).
[[nodiscard]] std::string utc_text_at(std::time_t seconds, const char* shape = "%Y-%m-%d %H:%M:%S UTC");
// 1234 us is "1.234"; never below 0.
[[nodiscard]] std::string millis_text(std::chrono::microseconds time);
// 1 500 ms is "1.500".
[[nodiscard]] std::string seconds_text(std::chrono::milliseconds time);
// Unix time in seconds: "1764516000.123".
[[nodiscard]] std::string unix_seconds_text(WallTime time);

}  // namespace zeroway
