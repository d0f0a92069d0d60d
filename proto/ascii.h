// ASCII letters and white space, as HTTP's names and lists use them, independent of the locale.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: which characters a name or a value may hold (proto/head_rules.h).
#pragma once
#include <algorithm>
#include <string_view>

namespace zeroway {

[[nodiscard]] constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// `text` without the spaces and tabs at both ends (RFC 9110 §5.6.3).
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Compares without regard to case.
[[nodiscard]] constexpr bool is_same_word(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return to_lower(a) == to_lower(b); });
}

}  // namespace zeroway
