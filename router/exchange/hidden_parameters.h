// Parameters of a query whose values are secrets, as tokens: what logs, spans and fields show of them.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: which parameters these are (router/plan/login_maker.h), taking them out for the backend
// (exchange/field_edits.h).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace zeroway {

// `query`, with "***" in place of each value of these parameters. It is `query` itself where it has none of them, else
// it is in `storage`.
[[nodiscard]] std::string_view hide_in_query(std::string_view query, const std::vector<std::string>& names,
                                             std::string& storage);
// The same for a path or a URL with its query.
[[nodiscard]] std::string_view hide_in_target(std::string_view target, const std::vector<std::string>& names,
                                              std::string& storage);

}  // namespace zeroway
