// Range: which part of a file a client wants (RFC 9110 §14.1.2, §14.2).
//
// Owner: nobody; a free function.   Thread: any.
// Not here: If-Range, sending (static_file.h).
#pragma once
#include <cstdint>
#include <string_view>

namespace zeroway {

struct ByteRange {
  enum class Kind : std::uint8_t {
    whole,          // none is asked for, or what is asked for is ignored: several ranges, other units, bad syntax
    part,           // `first` to `last`, both included
    unsatisfiable,  // 416
  };
  Kind kind = Kind::whole;
  std::uint64_t first = 0, last = 0;
};

// `field` is the Range field's value, `size` that of the content.
[[nodiscard]] ByteRange read_range(std::string_view field, std::uint64_t size);

}  // namespace zeroway
