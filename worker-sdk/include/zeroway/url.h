// Percent-encoding (RFC 3986 §2.1), and the pairs of a query or of a form: "a=1&b=2".
//
// Pure functions, for any thread. Handlers rarely need them: Request::param() and query() decode already.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zeroway {

// Whether '+' means a space, as it does in queries and in forms that browsers send.
enum class PlusIsSpace : bool { no, yes };

// "a%20b" → "a b". The result is bytes; they are UTF-8 if the encoded text was. A '%' without two hex digits behind it
// stays as it is. Text is decoded once: "%2541" → "%41".
[[nodiscard]] std::string percent_decode(std::string_view text, PlusIsSpace plus = PlusIsSpace::no);
// Whether two hex digits follow each '%'.
[[nodiscard]] bool has_valid_escapes(std::string_view text);
// "a b/c" → "a%20b%2Fc": for one segment of a path, or one name or value of a query. Letters, digits and "-._~" stay as
// they are (RFC 3986 §2.3); all other bytes are encoded.
[[nodiscard]] std::string percent_encode(std::string_view text);

// Name and value of one pair, decoded.
using QueryPair = std::pair<std::string, std::string>;

// All pairs of "a=1&b=2" in order, repeats kept: name and value percent-decoded, '+' a space (the URL standard §5.1).
// Pairs without '=' have an empty value; empty pairs ("&&") are left out.
[[nodiscard]] std::vector<QueryPair> read_query(std::string_view text);
// The value of the first pair of this (decoded) name; nothing when there is none.
[[nodiscard]] std::optional<std::string> find_in_query(std::string_view text, std::string_view name);
// The values of all pairs of this name, in order.
[[nodiscard]] std::vector<std::string> find_all_in_query(std::string_view text, std::string_view name);

}  // namespace zeroway
