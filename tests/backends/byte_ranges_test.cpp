#include "router/backends/files/byte_ranges.h"

#include <doctest/doctest.h>

#include <string>

#include "router/backends/files/limits.h"

using namespace zeroway;

namespace {

// "0+5 20+6": first and size of each range.
std::string read(std::string_view field, std::uint64_t size = 26) {
  const ByteRanges ranges = read_ranges(field, size);
  if (ranges.verdict == RangeVerdict::whole) return "whole";
  if (ranges.verdict == RangeVerdict::unsatisfiable) return "416";
  std::string text;
  for (const ByteRange& part : ranges.parts)
    text += (text.empty() ? "" : " ") + std::to_string(part.first) + '+' + std::to_string(part.size);
  return text;
}

std::string many(std::size_t count) {
  std::string field = "bytes=";
  for (std::size_t at = 0; at < count; ++at) field += std::to_string(at * 2) + '-' + std::to_string(at * 2) + ',';
  return field;
}

constexpr std::uint64_t kHuge = 0xffff'ffff'ffff'ffff;

}  // namespace

TEST_CASE("byte ranges: one range of a file of 26 bytes (RFC 9110 section 14.1.2)") {
  CHECK(read("bytes=0-4") == "0+5");
  CHECK(read("bytes=0-0") == "0+1");
  CHECK(read("bytes=25-25") == "25+1");
  CHECK(read("bytes=0-25") == "0+26");
  CHECK(read("bytes=5-") == "5+21");
  CHECK(read("bytes=25-") == "25+1");
  CHECK(read("Bytes=1-2") == "1+2");
  CHECK(read(" bytes=1-2\t") == "1+2");
  CHECK(read("bytes=007-08") == "7+2");
}

TEST_CASE("byte ranges: a suffix is the last bytes, and a suffix longer than the file is the whole file") {
  CHECK(read("bytes=-5") == "21+5");
  CHECK(read("bytes=-1") == "25+1");
  CHECK(read("bytes=-26") == "0+26");
  CHECK(read("bytes=-27") == "0+26");
  CHECK(read("bytes=-18446744073709551615") == "0+26");
  CHECK(read("bytes=-99999999999999999999999") == "0+26");
}

TEST_CASE("byte ranges: an end beyond the file is clamped") {
  CHECK(read("bytes=20-1000") == "20+6");
  CHECK(read("bytes=0-18446744073709551615") == "0+26");
  CHECK(read("bytes=0-18446744073709551616") == "0+26");
  CHECK(read("bytes=25-99999999999999999999999999") == "25+1");
}

TEST_CASE("byte ranges: only a field none of whose ranges overlaps the file is unsatisfiable") {
  CHECK(read("bytes=26-") == "416");
  CHECK(read("bytes=26-30") == "416");
  CHECK(read("bytes=-0") == "416");
  CHECK(read("bytes=100-200,300-") == "416");
  CHECK(read("bytes=18446744073709551615-18446744073709551615") == "416");
  CHECK(read("bytes=99999999999999999999999-") == "416");
  CHECK(read("bytes=0-1,26-30") == "0+2");
  CHECK(read("bytes=-0,26-30,3-3") == "3+1");
}

TEST_CASE("byte ranges: several ranges stay in the order in which they were asked") {
  CHECK(read("bytes=0-1,4-5") == "0+2 4+2");
  CHECK(read("bytes=20-21, 0-0 ,-2") == "20+2 0+1 24+2");
  CHECK(read("bytes=,0-1,,4-5,") == "0+2 4+2");
  CHECK(read("bytes=0-1,2-3") == "0+2 2+2");
}

TEST_CASE("byte ranges: a field that is malformed or has another unit is ignored") {
  for (const std::string_view field :
       {"",          "bytes",       "bytes=",     "bytes=,",    "bytes=-",       "bytes=a-b",   "bytes=1",
        "bytes=5-4", "bytes=0-1,x", "bytes=0--1", "bytes=+1-2", "bytes=-+1",     "bytes=1-2-3", "bytes =0-1",
        "lines=0-1", "bytes=0x0-1", "bytes=1 -2", "bytes:0-1",  "bytes=0-1;q=1", "bytes=--5",   "bytes=0-1,5-4"}) {
    CAPTURE(field);
    CHECK(read(field) == "whole");
  }
}

TEST_CASE("byte ranges: ranges that overlap get the whole file") {
  CHECK(read("bytes=0-5,5-9") == "whole");
  CHECK(read("bytes=10-19,0-25") == "whole");
  CHECK(read("bytes=3-3,3-3") == "whole");
  CHECK(read("bytes=0-,-1") == "whole");
}

TEST_CASE("byte ranges: too many ranges get the whole file, also when none of them overlaps it") {
  CHECK(read(many(kMostRanges), 1'000) != "whole");
  CHECK(read(many(kMostRanges + 1), 1'000) == "whole");
  CHECK(read(many(kMostRanges + 1), 1) == "whole");
  CHECK(read(many(100'000), 1'000'000) == "whole");
}

TEST_CASE("byte ranges: an empty file has no ranges and no error") {
  CHECK(read("bytes=0-", 0) == "whole");
  CHECK(read("bytes=-5", 0) == "whole");
}

TEST_CASE("byte ranges: sums of 64 bits do not overflow") {
  CHECK(read("bytes=0-", kHuge) == "0+18446744073709551615");
  CHECK(read("bytes=18446744073709551610-,-4611686018427387904", kHuge) == "whole");
  CHECK(read("bytes=9223372036854775808-9223372036854775809,18446744073709551613-", kHuge) ==
        "9223372036854775808+2 18446744073709551613+2");
  CHECK(read("bytes=18446744073709551614-18446744073709551615", kHuge) == "18446744073709551614+1");
}

TEST_CASE("byte ranges: Content-Range names the part, or only the size (RFC 9110 section 14.4)") {
  CHECK(content_range({0, 5}, 26) == "bytes 0-4/26");
  CHECK(content_range({25, 1}, 26) == "bytes 25-25/26");
  CHECK(unsatisfied_range(26) == "bytes */26");
}
