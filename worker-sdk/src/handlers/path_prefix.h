// Whether a path lies below a prefix of the application, segment by segment: "/admin" and "/admin/x" lie below
// "/admin", "/administrator" does not.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: patterns of handlers (route_matcher.h).
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// "/admin/" → "/admin"; "/" → "". Throws std::invalid_argument when the prefix does not begin with '/', or holds '*',
// '{', '}', '?', '#', '%' or a space.
[[nodiscard]] std::string checked_prefix(std::string_view prefix);
// `prefix` was checked by the function above. `path` is a request's path, as it came. Its segments are decoded and then
// compared: "/%61dmin" is below "/admin", so no request reaches a handler for "/*" around a guard of "/admin".
[[nodiscard]] bool is_below(std::string_view path, std::string_view prefix);
// Whether a handler's pattern can match a path below the prefix: "/{x}" and "/*" can for "/admin".
[[nodiscard]] bool may_be_below(std::string_view pattern, std::string_view prefix);

}  // namespace zeroway
