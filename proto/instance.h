// The name of one run of a program: it tells a process from an earlier process of the same name.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: the comparison of instances (proto/control.h has the fields that carry instances).
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// `NAME#` and 64 random bits in hexadecimal.
[[nodiscard]] std::string make_instance(std::string_view name);

}  // namespace zeroway
