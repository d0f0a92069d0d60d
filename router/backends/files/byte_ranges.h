// The ranges of bytes that a Range field asks for (RFC 9110 §14).
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: whether the client's copy is of this version (If-Range: files/conditions.h), multipart/byteranges
// (files/file_reply.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zeroway {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t size = 0;
};

enum class RangeVerdict : std::uint8_t {
  whole,          // 200: the field is malformed or of another unit, or asks for too much
  parts,          // 206
  unsatisfiable,  // 416: no range overlaps the content
};

struct ByteRanges {
  RangeVerdict verdict = RangeVerdict::whole;
  std::vector<ByteRange> parts;  // as asked, none empty, none beyond the content, none overlaps another
};

// `field`: the value of Range. `size`: of the content. An empty content is always whole: clients that send a Range with
// every request need no error for it. More than kMostRanges ranges, and ranges that overlap, are how small requests
// make large replies (RFC 9110 §14.2): the whole content is cheaper.
[[nodiscard]] ByteRanges read_ranges(std::string_view field, std::uint64_t size);

// The value of Content-Range: "bytes 0-4/26"; for a 416 "bytes */26".
[[nodiscard]] std::string content_range(const ByteRange& range, std::uint64_t size);
[[nodiscard]] std::string unsatisfied_range(std::uint64_t size);

}  // namespace zeroway
