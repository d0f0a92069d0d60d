// The cookies of a request (RFC 6265 §4.2): "a=1; b=2".
//
// Owner: nobody; free functions.   Thread: any.
// Not here: which fields of a request hold them (request.cpp).
#pragma once
#include <optional>
#include <string_view>

namespace zeroway {

// The value of the first cookie of this name in one `cookie` field, without double quotes around it (RFC 6265 §4.1.1);
// nothing when the field has no such cookie. Names are compared with their case.
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view field, std::string_view name);

}  // namespace zeroway
