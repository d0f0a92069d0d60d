// Percent-encoding (RFC 3986 §2.1): escapes, and the bytes that they stand for.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: which escapes a path may have (router/route/canonical_path.h).
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// 0 … 15; -1 for a character that is no hex digit.
[[nodiscard]] constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The byte that the escape at the start of `text` stands for; -1 when there is no whole escape.
[[nodiscard]] inline int escaped_byte(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return -1;
  const int high = hex_digit(text[1]);
  const int low = hex_digit(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}
// Appends the escape of a byte, with upper case digits.
void append_escape(std::string& out, char byte);
// Escapes that are not whole stay as they are. `plus`: what a '+' stands for, a space in forms.
[[nodiscard]] std::string decode_escapes(std::string_view text, char plus = '+');

}  // namespace zeroway
