// The name of one run of a program: what tells a process from an earlier one of the same name.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: who compares instances (proto/control.h has the fields that carry them).
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// `NAME#` and 64 random bits in hexadecimal.
[[nodiscard]] std::string make_instance(std::string_view name);

}  // namespace zeroway
