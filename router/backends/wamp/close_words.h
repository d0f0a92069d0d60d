// How the end of a WebSocket is said in trailers.
//
// Owner: nobody; free functions.   Thread: any.   Not here: Close frames (router/http/ws_close.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/head.h"

namespace zeroway {

inline constexpr std::uint16_t kNoCloseCode = 1005;  // RFC 6455 §7.4.1

// kNoCloseCode when none is said.
[[nodiscard]] std::uint16_t close_code_of(const Head& trailers);
[[nodiscard]] Head close_words(std::uint16_t code, std::string_view reason);

}  // namespace zeroway
