// The names, values and numbers that a client put into a query, a form or a path.
//
// Owner: values.   Thread: any.
// Not here: their form in a reply (request_json.h).
#pragma once
#include <zeroway/url.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using Pairs = std::vector<zeroway::QueryPair>;  // decoded, in order, repeats kept

[[nodiscard]] std::optional<std::string> find(const Pairs& pairs, std::string_view name);

// The number in `text`. Throws StatusError(400) that names `what` when `text` is no number or not in low … high.
[[nodiscard]] std::uint64_t read_whole(std::string_view what, std::string_view text, std::uint64_t low,
                                       std::uint64_t high);
[[nodiscard]] double read_decimal(std::string_view what, std::string_view text, double low, double high);
// The same for a member of the query; `otherwise` when the query has no such member.
[[nodiscard]] std::uint64_t whole_or(const Pairs& query, std::string_view name, std::uint64_t otherwise,
                                     std::uint64_t low, std::uint64_t high);
[[nodiscard]] double decimal_or(const Pairs& query, std::string_view name, double otherwise, double low, double high);
