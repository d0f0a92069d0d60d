// Lists of NAME and NAME=VALUE with a separator between them: the query of a path, a field of cookies.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: cookies of all fields of a head (exchange/cookies.h).
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// `list` without the entries of this name, with `joint` between the others.
[[nodiscard]] std::string entries_without(std::string_view list, char separator, std::string_view joint,
                                          std::string_view name);

}  // namespace zeroway
