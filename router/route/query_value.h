// The parameters of a query: NAME=VALUE&…
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: taking a parameter out of a query (router/exchange/field_edits.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace zeroway {

// Takes the next parameter off `query`: its name without escapes, and its value as it came.
[[nodiscard]] std::pair<std::string, std::string_view> take_parameter(std::string_view& query);
// Without its escapes, '+' as a space; of the first parameter of this name. Nothing where the query has none.
[[nodiscard]] std::optional<std::string> query_value(std::string_view query, std::string_view name);

}  // namespace zeroway
