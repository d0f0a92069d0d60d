#include "router/settings/units.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace zeroway {

namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 14> kSizes{{{"", 1},
                                       {"b", 1},
                                       {"k", 1ULL << 10},
                                       {"kib", 1ULL << 10},
                                       {"kb", 1'000},
                                       {"m", 1ULL << 20},
                                       {"mib", 1ULL << 20},
                                       {"mb", 1'000'000},
                                       {"g", 1ULL << 30},
                                       {"gib", 1ULL << 30},
                                       {"gb", 1'000'000'000},
                                       {"t", 1ULL << 40},
                                       {"tib", 1ULL << 40},
                                       {"tb", 1'000'000'000'000}}};
constexpr std::array<Unit, 6> kTimes{
    {{"", 1'000}, {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr double kLongest = 10.0 * 365 * 86'400'000;

template <std::size_t N>
std::optional<std::uint64_t> factor_of(std::string_view unit, const std::array<Unit, N>& units) {
  const std::size_t spaces = std::min(unit.find_first_not_of(' '), unit.size());
  if (spaces > 0 && spaces == unit.size()) return std::nullopt;  // "5 " has lost its unit
  unit.remove_prefix(spaces);
  std::string lower;
  for (const char c : unit) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const Unit& one : units) {
    if (one.name == lower) return one.factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> read_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  const auto factor = factor_of(text.substr(static_cast<std::size_t>(end - text.data())), kSizes);
  if (!factor || number > std::numeric_limits<std::uint64_t>::max() / *factor) return std::nullopt;
  return number * *factor;
}

std::optional<std::chrono::milliseconds> read_time(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{}) return std::nullopt;
  const auto factor = factor_of(text.substr(static_cast<std::size_t>(end - text.data())), kTimes);
  if (!factor || !std::isfinite(number) || std::signbit(number)) return std::nullopt;
  const double millis = std::round(number * static_cast<double>(*factor));
  if (millis > kLongest) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(millis));
}

}  // namespace zeroway
