// Whether the type of a body is in a list of types.
//
// Owner: nobody; a pure function.   Thread: any.
// Not here: which types are coded (the operator's list, coding/coding_terms.h).
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace zeroway {

// `content_type`: the field's value, parameters included. A listed type is a whole one ("text/html"), all of a kind
// ("text/*"), or a word: the part behind the slash, also behind a "+" ("xml" for image/svg+xml). Two words mean more:
// "js" is every name of JavaScript, "json" also JSON by lines. Case does not matter.
[[nodiscard]] bool is_of_types(std::string_view content_type, std::span<const std::string> types);

}  // namespace zeroway
