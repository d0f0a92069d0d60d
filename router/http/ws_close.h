// Codes and reasons of WebSocket Close frames (RFC 6455 §7.4), in both directions. Pure functions.
//
// Owner: nobody.   Thread: any.
// Not here: when a Close is sent (ws_codec.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/head.h"

namespace zeroway {

inline constexpr std::uint16_t kCloseNormal = 1000, kCloseGoingAway = 1001, kCloseProtocolError = 1002,
                               kCloseInvalidData = 1007, kCloseTooBig = 1009, kCloseInternalError = 1011,
                               kCloseServiceRestart = 1012;

// Whether a Close frame may carry `code`: the codes of §7.4, and later ones of the IANA registry.
[[nodiscard]] bool may_close_with(unsigned code);
// The code of the worker's end. 1000 when the end has no code, 1011 when its code may not be sent.
[[nodiscard]] std::uint16_t wanted_close_code(const Head& trailers);
// The worker's reason, cut between two characters if it is too long. Empty when the reason is not UTF-8.
[[nodiscard]] std::string_view wanted_close_reason(const Head& trailers);
// A client's reason as a field value for the fabric: bytes that no field value may have become spaces.
[[nodiscard]] std::string close_reason_field(std::string_view reason);

}  // namespace zeroway
