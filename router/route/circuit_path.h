// Which circuit a path belongs to: the first two parts of "/SESSION/SERVICE/…".
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: which circuits there are (router/exchange/circuits.h).
#pragma once
#include <string_view>

namespace zeroway {

// "/SESSION/SERVICE" of a canonical path, which may have a query; "" for a path that does not begin so.
[[nodiscard]] std::string_view circuit_of(std::string_view path);

}  // namespace zeroway
