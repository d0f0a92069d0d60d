#include "router/observe/time_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace zeroway {

namespace {

// Thousandths as whole ones: 1234 is "1.234".
std::string with_three_digits(std::int64_t thousandths) {
  return std::to_string(thousandths / 1'000) + "." + std::to_string(1'000 + thousandths % 1'000).substr(1);
}

}  // namespace

std::string utc_text(WallTime time, const char* shape) {
  return utc_text_at(std::chrono::system_clock::to_time_t(time), shape);
}

std::string utc_text_at(std::time_t seconds, const char* shape) {
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text;
  return {text.data(), std::strftime(text.data(), text.size(), shape, &parts)};
}

std::string millis_text(std::chrono::microseconds time) {
  return with_three_digits(std::max<std::int64_t>(time.count(), 0));
}

std::string seconds_text(std::chrono::milliseconds time) { return with_three_digits(time.count()); }

std::string unix_seconds_text(WallTime time) {
  return seconds_text(std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()));
}

}  // namespace zeroway
