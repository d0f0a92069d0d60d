// UTF-8 (RFC 3629): no surrogates, nothing overlong, nothing above U+10FFFF.
//
// Owner: nobody; free functions.   Thread: any.
#pragma once
#include <string_view>

namespace wamp {

[[nodiscard]] bool is_utf8(std::string_view bytes);
// The beginning of `text`, which is UTF-8: at most `most` bytes, cut between characters.
[[nodiscard]] std::string_view beginning(std::string_view text, std::size_t most);

}  // namespace wamp
