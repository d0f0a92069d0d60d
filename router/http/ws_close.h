// What a Close may say (RFC 6455 §7.4), both ways. Pure functions.
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
                               kCloseInvalidData = 1007, kCloseTooBig = 1009, kCloseInternalError = 1011;

// §7.4: what may stand in a Close, and the registry's later ones.
[[nodiscard]] bool may_close_with(unsigned code);
// What the worker's end says, or what stands for it: 1000 when it says nothing, 1011 when it may not be sent.
[[nodiscard]] std::uint16_t wanted_close_code(const Head& trailers);
// The worker's reason as far as it fits, without cutting a character; nothing when it is no text.
[[nodiscard]] std::string_view wanted_close_reason(const Head& trailers);
// A client's reason for the fabric: a Close may hold what no field's value may.
[[nodiscard]] std::string close_reason_field(std::string_view reason);

}  // namespace zeroway
