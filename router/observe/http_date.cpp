#include "router/observe/http_date.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "proto/ascii.h"

namespace zeroway {

namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT" and "Sun Nov  6 08:49:37 1994" are the same words
// with other marks between them, and the third has them in another order.
struct Words {
  std::array<std::string_view, 8> at;
  std::size_t count = 0;
};

std::optional<Words> read_words(std::string_view text) {
  constexpr std::string_view kMarks = " ,-:";
  Words words;
  while (true) {
    const std::size_t start = text.find_first_not_of(kMarks);
    if (start == std::string_view::npos) return words;
    if (words.count == words.at.size()) return std::nullopt;
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(kMarks), text.size());
    words.at[words.count++] = text.substr(0, end);
    text.remove_prefix(end);
  }
}

// -1: no number, or one outside of `lowest` to `highest`.
int read_number(std::string_view text, int lowest, int highest) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_good = failure == std::errc() && end == text.data() + text.size() && text.front() != '-';
  return is_good && number >= lowest && number <= highest ? number : -1;
}

int read_year(std::string_view text) {
  if (text.size() == 4) return read_number(text, 1600, 9999);
  const int year = text.size() == 2 ? read_number(text, 0, 99) : -1;
  return year < 0 ? -1 : year + (year < 70 ? 2000 : 1900);
}

unsigned read_month(std::string_view text) {
  for (unsigned index = 0; index < kMonths.size(); ++index)
    if (kMonths[index] == text) return index + 1;
  return 0;
}

struct Parts {
  std::string_view year, month, day, hour, minute, second;
};

std::optional<std::int64_t> seconds_of(const Parts& parts) {
  const int year = read_year(parts.year), day = read_number(parts.day, 1, 31);
  const int hour = read_number(parts.hour, 0, 23), minute = read_number(parts.minute, 0, 59);
  const int second = read_number(parts.second, 0, 60);  // a leap second
  const unsigned month = read_month(parts.month);
  if (year < 0 || day < 0 || hour < 0 || minute < 0 || second < 0 || month == 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return sys_seconds(sys_days(date)).time_since_epoch().count() + (hour * 60 + minute) * 60 + second;
}

}  // namespace

std::string write_http_date(std::int64_t seconds) {
  const sys_seconds time{std::chrono::seconds(seconds)};
  const sys_days days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  std::array<char, 64> text;
  const int size = std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                                 kDays[std::chrono::weekday(days).c_encoding()].data(), unsigned{date.day()},
                                 kMonths[unsigned{date.month()} - 1].data(), int{date.year()},
                                 static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                                 static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<std::int64_t> read_http_date(std::string_view text) {
  const auto words = read_words(trimmed(text));
  if (!words) return std::nullopt;
  const auto& at = words->at;
  if (words->count == 8 && at[7] == "GMT") return seconds_of({at[3], at[2], at[1], at[4], at[5], at[6]});
  if (words->count == 7) return seconds_of({at[6], at[1], at[2], at[3], at[4], at[5]});
  return std::nullopt;
}

}  // namespace zeroway
