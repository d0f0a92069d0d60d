// Which circuit a path belongs to: the first two parts of "/SESSION/SERVICE/…". Which ones a host may belong to:
// "SERVICE-SESSION.DOMAIN".
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: which circuits there are (router/exchange/circuits.h).
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zeroway {

// "/SESSION/SERVICE" of a canonical path, which may have a query; "" for a path that does not begin so.
[[nodiscard]] std::string_view circuit_of(std::string_view path);

// What stands in front of one of the domains in the host of an authority, in lower case; "" when that is not one label.
[[nodiscard]] std::string label_below(std::string_view authority, std::span<const std::string> domains);
// "/SESSION/SERVICE" for each hyphen of "SERVICE-SESSION" that may stand between the two, the first one first.
[[nodiscard]] std::vector<std::string> circuits_of_label(std::string_view label);

}  // namespace zeroway
