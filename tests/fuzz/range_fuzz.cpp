// Any Range field over files of any size: what is read lies inside the file, overlaps nothing, and is bounded; over a
// small file each byte is asked for exactly when a slow reading of RFC 9110 §14.1.2 says so.
#include <cctype>
#include <optional>
#include <string>
#include <vector>

#include "router/backends/files/byte_ranges.h"
#include "router/backends/files/limits.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

std::optional<unsigned long> read_small(const std::string& digits) {
  if (digits.empty() || digits.size() > 9) return {};
  for (const char c : digits)
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) return {};
  return std::stoul(digits);
}

// How often each byte is asked for; nothing for a field that the slow reading does not want to judge.
std::optional<std::vector<int>> asked_bytes(const std::string& field, std::size_t size) {
  if (!field.starts_with("bytes=")) return {};
  std::vector<int> asked(size, 0);
  std::string element;
  for (const char c : field.substr(6) + ',') {
    if (c != ',') {
      element += c;
      continue;
    }
    const std::size_t dash = element.find('-');
    if (dash == std::string::npos) return {};
    const auto first = read_small(element.substr(0, dash)), last = read_small(element.substr(dash + 1));
    if (dash == 0 ? !last : !first || (dash + 1 < element.size() && (!last || *last < *first))) return {};
    for (std::size_t at = 0; at < size; ++at)
      asked[at] += dash == 0 ? at + *last >= size : at >= *first && (!last || at <= *last);
    element.clear();
  }
  return asked;
}

void check_bounds(const ByteRanges& ranges, std::uint64_t size) {
  must((ranges.verdict == RangeVerdict::parts) == !ranges.parts.empty());
  must(ranges.parts.size() <= kMostRanges);
  std::uint64_t left = size;
  for (const ByteRange& part : ranges.parts) {
    must(part.size > 0 && part.first < size && part.size <= size - part.first);
    must(part.size <= left);  // without overlaps the parts are no more than the file
    left -= part.size;
    must(content_range(part, size).starts_with("bytes "));
  }
}

void compare(const ByteRanges& ranges, const std::vector<int>& asked) {
  bool is_any = false, is_twice = false;
  for (const int times : asked) {
    is_any = is_any || times > 0;
    is_twice = is_twice || times > 1;
  }
  if (is_twice || ranges.verdict == RangeVerdict::whole) return;  // or too many
  must((ranges.verdict == RangeVerdict::parts) == is_any);
  std::vector<int> read(asked.size(), 0);
  for (const ByteRange& part : ranges.parts)
    for (std::uint64_t at = part.first; at < part.first + part.size; ++at) ++read[at];
  must(read == asked);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string field(reinterpret_cast<const char*>(data + 1), size - 1);
  for (const std::uint64_t of : {std::uint64_t{data[0]}, std::uint64_t{1} << 63, ~std::uint64_t{0}})
    check_bounds(read_ranges(field, of), of);
  const auto asked = asked_bytes(field, data[0]);
  if (asked && data[0] > 0) compare(read_ranges(field, data[0]), *asked);
  return 0;
}
