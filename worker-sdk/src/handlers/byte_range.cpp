#include "byte_range.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "proto/ascii.h"

namespace zeroway {

namespace {

// Digits only. A number that does not fit becomes the largest one: no file has such a byte anyway.
std::optional<std::uint64_t> read_position(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() ? number : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

ByteRange read_range(std::string_view field, std::uint64_t size) {
  using Kind = ByteRange::Kind;
  const std::size_t equals = field.find('=');
  if (equals == std::string_view::npos || !is_same_word(trimmed(field.substr(0, equals)), "bytes")) return {};
  const std::string_view range = trimmed(field.substr(equals + 1));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) return {};
  const auto first = read_position(range.substr(0, dash));
  const auto last = read_position(range.substr(dash + 1));
  const bool has_last = dash + 1 < range.size();
  if (has_last && !last) return {};
  if (dash == 0) {  // the last N bytes
    if (!last) return {};
    if (*last == 0 || size == 0) return {Kind::unsatisfiable};
    return {Kind::part, size - std::min(*last, size), size - 1};
  }
  if (!first || (last && *last < *first)) return {};
  if (*first >= size) return {Kind::unsatisfiable};
  return {Kind::part, *first, std::min(last.value_or(size - 1), size - 1)};
}

}  // namespace zeroway
