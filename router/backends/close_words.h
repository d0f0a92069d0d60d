// How the end of a WebSocket is said in trailers.
//
// Owner: nobody; free functions.   Thread: any.   Not here: Close frames (router/http/ws_close.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/head.h"

namespace zeroway {

// RFC 6455 §7.4.1
inline constexpr std::uint16_t kCloseInOrder = 1000, kCloseOfOneWhoGoes = 1001, kNoCloseCode = 1005;

// kNoCloseCode when none is said, 0 when it is no number.
[[nodiscard]] std::uint16_t close_code_of(const Head& trailers);
// Whether its sender said all that it wanted to say: 1000, 1001 or no code.
[[nodiscard]] bool is_orderly_close(const Head& trailers);
[[nodiscard]] Head close_words(std::uint16_t code, std::string_view reason);

}  // namespace zeroway
