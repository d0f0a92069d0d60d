// Range: the part of a file that a client asks for (RFC 9110 §14.1.2, §14.2).
//
// Owner: nobody; a free function.   Thread: any.
// Not here: If-Range, sending (static_file.h).
#pragma once
#include <cstdint>
#include <string_view>

namespace zeroway {

struct ByteRange {
  enum class Kind : std::uint8_t {
    whole,          // no range is asked for, or the field is ignored: several ranges, other units, bad syntax
    part,           // `first` to `last`, both included
    unsatisfiable,  // 416
  };
  Kind kind = Kind::whole;
  std::uint64_t first = 0, last = 0;
};

// `field` is the value of the Range field, `size` the size of the content.
[[nodiscard]] ByteRange read_range(std::string_view field, std::uint64_t size);

}  // namespace zeroway
