// Integers of any size: between decimal digits and bytes, and as an event.
//
// Owner: nobody; free functions.   Thread: any.
// A magnitude is big-endian. Not here: integers of 64 bits, which readers and writers convert themselves.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "proto/bytes.h"
#include "router/wamp/value_sink.h"

namespace zeroway {

// The magnitude of decimal digits, at least one. Nothing when it is longer than kLongestInteger.
[[nodiscard]] std::optional<std::string> magnitude_of(std::string_view digits);
// At most kLongestInteger bytes.
[[nodiscard]] std::string digits_of(Bytes magnitude);

void add_one(std::string& magnitude);
void subtract_one(std::string& magnitude);  // of a magnitude that is not 0

// Says the integer as its smallest event. Leading zero bytes are fine.
[[nodiscard]] bool say_integer(ValueSink& to, Sign sign, Bytes magnitude);

}  // namespace zeroway
