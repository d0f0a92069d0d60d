// What is wrong with a message, and where.
//
// Owner: a value.   Thread: any.
// Not here: what its sender is told.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

namespace zeroway {

enum class ValueFault : std::uint8_t {
  malformed,      // no valid message of its format, or cut off
  not_utf8,       // a text that is not UTF-8
  too_deep,       // lists and maps in each other, more than kDeepestValue
  inexpressible,  // valid, but the other format has no form for it
  too_large       // written in the other format, it is longer than it may be
};

struct ValueError {
  ValueFault fault;
  const char* what;    // for people: a phrase, such as "a number with a leading zero"
  std::size_t at = 0;  // bytes of the message before the place
};

using MaybeValueError = std::optional<ValueError>;

}  // namespace zeroway
