// Base64 as RFC 4648 defines it, read strictly: what two readers could take for different bytes is refused.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: what the bytes mean.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace zeroway {

// §4, with padding. Nothing for other characters, wrong padding, or bits behind the last byte that are not zero.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);
void append_base64(std::string& out, std::string_view bytes);
// §5, without padding (RFC 7515 §2).
[[nodiscard]] std::optional<std::string> decode_base64url(std::string_view text);
[[nodiscard]] std::string encode_base64url(std::string_view bytes);

}  // namespace zeroway
