#include "router/backends/files/byte_ranges.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "proto/ascii.h"
#include "router/backends/files/limits.h"

namespace zeroway {

namespace {

constexpr std::uint64_t kHighest = std::numeric_limits<std::uint64_t>::max();

// A number over 64 bits lies behind the end of every file, as the highest number does.
std::optional<std::uint64_t> read_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    number = number > (kHighest - digit) / 10 ? kHighest : number * 10 + digit;
  }
  return number;
}

// "-5": the last five bytes. A longer suffix than the content is the whole content.
std::optional<ByteRange> read_suffix(std::string_view length, std::uint64_t size) {
  const auto number = read_number(length);
  if (!number) return std::nullopt;
  const std::uint64_t taken = std::min(*number, size);
  return ByteRange{size - taken, taken};
}

// Nothing when the text is no range; an empty range when it lies behind the content.
std::optional<ByteRange> read_range(std::string_view text, std::uint64_t size) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  if (dash == 0) return read_suffix(text.substr(1), size);
  const auto first = read_number(text.substr(0, dash));
  const std::string_view end = text.substr(dash + 1);
  const auto last = end.empty() ? std::optional(kHighest) : read_number(end);
  if (!first || !last || *first > *last) return std::nullopt;
  if (*first >= size) return ByteRange{};
  return ByteRange{*first, std::min(*last, size - 1) - *first + 1};
}

bool do_overlap(std::vector<ByteRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const ByteRange& one, const ByteRange& other) { return one.first < other.first; });
  for (std::size_t at = 1; at < ranges.size(); ++at)
    if (ranges[at].first - ranges[at - 1].first < ranges[at - 1].size) return true;
  return false;
}

// Nothing when an element is malformed or there are too many: then all are ignored.
std::optional<std::vector<ByteRange>> read_list(std::string_view list, std::uint64_t size) {
  std::vector<ByteRange> ranges;
  std::size_t count = 0;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view element = trimmed(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (element.empty()) continue;  // RFC 9110 §5.6.1.2
    const auto range = read_range(element, size);
    if (!range || ++count > kMostRanges) return std::nullopt;
    if (range->size > 0) ranges.push_back(*range);
  }
  if (count == 0) return std::nullopt;
  return ranges;
}

}  // namespace

ByteRanges read_ranges(std::string_view field, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  field = trimmed(field);
  if (size == 0 || !is_same_word(field.substr(0, kUnit.size()), kUnit)) return {};
  auto ranges = read_list(field.substr(kUnit.size()), size);
  if (!ranges) return {};
  if (ranges->empty()) return {RangeVerdict::unsatisfiable, {}};
  if (do_overlap(*ranges)) return {};
  return {RangeVerdict::parts, std::move(*ranges)};
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  return "bytes " + std::to_string(range.first) + '-' + std::to_string(range.first + range.size - 1) + '/' +
         std::to_string(size);
}

std::string unsatisfied_range(std::uint64_t size) { return "bytes */" + std::to_string(size); }

}  // namespace zeroway
