// Where a request may hold a token besides Authorization: a cookie (RFC 6265 §4.2.1), or a parameter of the query
// (RFC 6750 §2.3).
//
// Owner: nobody; free functions.   Thread: any.
// Not here: taking it out for the backend (exchange/field_edits.h), what a token is (access/jwt_token.h).
#pragma once
#include <optional>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"

namespace zeroway {

// The value; nothing without such a cookie, an error with two of them: the backend could take the other one. Good as
// long as the head.
[[nodiscard]] Result<std::optional<std::string_view>> find_cookie(const Head& head, std::string_view name);
// The same for the first parameter of `path`; a value that is percent-encoded is given as it is.
[[nodiscard]] Result<std::optional<std::string_view>> find_parameter(std::string_view path, std::string_view name);

}  // namespace zeroway
