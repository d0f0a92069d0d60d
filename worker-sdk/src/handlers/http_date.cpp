#include "http_date.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace zeroway {

namespace {

constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Not strptime: its names are the locale's.
std::optional<std::time_t> as_time(std::tm parts, const std::array<char, 4>& month) {
  const auto at = std::find_if(kMonths.begin(), kMonths.end(),
                               [&](const char* name) { return std::string_view(name) == month.data(); });
  const bool is_in_range = parts.tm_mday >= 1 && parts.tm_mday <= 31 && parts.tm_hour <= 23 && parts.tm_min <= 59 &&
                           parts.tm_sec <= 60 && parts.tm_hour >= 0 && parts.tm_min >= 0 && parts.tm_sec >= 0;
  if (at == kMonths.end() || !is_in_range) return std::nullopt;
  parts.tm_mon = static_cast<int>(at - kMonths.begin());
  parts.tm_year -= 1900;
  return timegm(&parts);
}

}  // namespace

std::string write_http_date(std::time_t time) {
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                 kDays[std::size_t(parts.tm_wday)], parts.tm_mday, kMonths[std::size_t(parts.tm_mon)],
                                 parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

std::optional<std::time_t> read_http_date(std::string_view view) {
  if (view.size() > 40) return std::nullopt;
  const std::string text(view);
  std::tm parts{};
  std::array<char, 4> month{};
  int end = 0;
  // IMF-fixdate, then the forms of RFC 850 and asctime: the weekday carries no information.
  if (std::sscanf(text.c_str(), "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &parts.tm_mday, month.data(),
                  &parts.tm_year, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &end) == 6 &&
      end == static_cast<int>(text.size()))
    return as_time(parts, month);
  if (std::sscanf(text.c_str(), "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &parts.tm_mday, month.data(),
                  &parts.tm_year, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &end) == 6 &&
      end == static_cast<int>(text.size())) {
    parts.tm_year += parts.tm_year < 70 ? 2000 : 1900;
    return as_time(parts, month);
  }
  if (std::sscanf(text.c_str(), "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", month.data(), &parts.tm_mday,
                  &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &parts.tm_year, &end) == 6 &&
      end == static_cast<int>(text.size()))
    return as_time(parts, month);
  return std::nullopt;
}

}  // namespace zeroway
