// Bytes as text and back (RFC 4648 §4, with padding).
//
// Owner: nobody; free functions.   Thread: any.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wamp {

// Appends the text of `bytes` to `out`.
void append_base64(const std::vector<std::uint8_t>& bytes, std::string& out);
// Nothing when `text` is no base64: a character of another alphabet, a length that is no multiple of four, padding
// elsewhere than at the end, or bits behind the last byte.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> read_base64(std::string_view text);

}  // namespace wamp
