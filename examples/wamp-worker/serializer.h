// The serializers of WAMP: how a message is written into one WebSocket message, and read from it.
//
// Bytes agree between all of them: JSON has text of U+0000 and base64 where the others have bytes. Integers of 64 bits
// stay exact. JSON has null for NaN and infinities, which it cannot write.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: which values are WAMP messages (message.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "value.h"

namespace wamp {

enum class Serializer : std::uint8_t { json, msgpack, cbor };

// "wamp.2.json", "wamp.2.msgpack", "wamp.2.cbor".
[[nodiscard]] std::string_view subprotocol(Serializer serializer);
// The first subprotocol in the client's list that is one of these: the client's order decides. `offers` is the value of
// Sec-WebSocket-Protocol. Nothing when the list has none.
[[nodiscard]] std::optional<Serializer> choose_serializer(std::string_view offers);
// JSON is sent as text, the others as binary.
[[nodiscard]] constexpr bool is_text(Serializer serializer) { return serializer == Serializer::json; }

[[nodiscard]] std::string encode(Serializer serializer, const Value& message);
// Throws ProtocolViolation when the bytes are no value, or one outside the limits (limits.h).
[[nodiscard]] Value decode(Serializer serializer, std::string_view bytes);

}  // namespace wamp
