#include "router/console/number_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "router/observe/time_text.h"

namespace zeroway::console {

namespace {

constexpr double kLastSecond = 253'402'300'799;  // of the year 9999: later times have no form of four digits

std::string decimal(double value, int digits) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.*f", digits, std::min(value, 1e18));
  return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

// Two parts, the second one with two digits: "3m05s".
std::string pair_text(std::uint64_t large, char large_unit, std::uint64_t small, char small_unit) {
  return std::to_string(large) + large_unit + (small < 10 ? "0" : "") + std::to_string(small) + small_unit;
}

}  // namespace

std::string rate_text(std::optional<double> per_second) {
  if (!per_second) return "-";
  if (*per_second == 0) return "0";
  return decimal(*per_second, *per_second < 1 ? 2 : *per_second < 100 ? 1 : 0);
}

std::string duration_text(std::optional<double> seconds) {
  if (!seconds) return "-";
  if (std::isinf(*seconds)) return ">60s";
  const double millis = *seconds * 1'000;
  if (millis < 1) return decimal(millis, 2) + "ms";
  if (millis < 1'000) return decimal(millis, millis < 10 ? 1 : 0) + "ms";
  return decimal(*seconds, *seconds < 10 ? 2 : 1) + "s";
}

std::string age_text(double seconds) {
  const auto all = static_cast<std::uint64_t>(std::clamp(seconds, 0.0, 1e15));
  if (all < 60) return std::to_string(all) + "s";
  if (all < 3'600) return pair_text(all / 60, 'm', all % 60, 's');
  if (all < 86'400) return pair_text(all / 3'600, 'h', all / 60 % 60, 'm');
  return pair_text(all / 86'400, 'd', all / 3'600 % 24, 'h');
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  auto value = static_cast<double>(bytes);
  for (; value >= 1'024 && unit + 1 < kUnits.size(); ++unit) value /= 1'024;
  return decimal(value, unit == 0 ? 0 : 1) + kUnits[unit];
}

std::string utc_time(double unix_seconds) {
  return utc_text_at(static_cast<std::time_t>(std::clamp(unix_seconds, 0.0, kLastSecond)));
}

}  // namespace zeroway::console
