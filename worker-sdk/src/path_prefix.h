// Whether a path lies below a prefix that an application named, segment by segment: "/admin" has "/admin" and
// "/admin/x", not "/administrator".
//
// Owner: nobody; free functions.   Thread: any.
// Not here: patterns of handlers (route_matcher.h).
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// "/admin/" → "/admin"; "/" → "". Throws std::invalid_argument when it does not begin with '/', or holds '*', '{', '}',
// '?', '#', '%' or a space.
[[nodiscard]] std::string checked_prefix(std::string_view prefix);
// `prefix` is a checked one, `path` a request's, as it came. Its segments are compared decoded: "/%61dmin" is below
// "/admin", so that a handler for "/*" cannot be reached around what guards "/admin".
[[nodiscard]] bool is_below(std::string_view path, std::string_view prefix);
// Whether a handler's pattern can match a path below the prefix: "/{x}" and "/*" can for "/admin".
[[nodiscard]] bool may_be_below(std::string_view pattern, std::string_view prefix);

}  // namespace zeroway
