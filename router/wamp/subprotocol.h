// Which serializer a WebSocket of WAMP uses: the first one of the client's list that the site has.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: the handshake itself (router/http/ws_handshake.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "proto/serializer.h"
#include "proto/stream_sink.h"

namespace zeroway {

// "wamp.2.json" and so on. Those that end in ".batched" are another protocol, which nobody has here.
[[nodiscard]] std::string_view subprotocol_of(Serializer serializer);

// What its messages are on a WebSocket: text in JSON, binary in the others.
[[nodiscard]] constexpr MessageKind message_kind(Serializer serializer) {
  return is_text(serializer) ? MessageKind::text : MessageKind::binary;
}

struct SubprotocolChoice {
  enum class Verdict : std::uint8_t {
    chosen,         // `serializer`, whose subprotocol the reply names
    assumed,        // `serializer`, without a subprotocol in the reply
    none_fits,      // 400
    offered_twice,  // 400 (RFC 6455 §4.1)
    malformed       // 400
  };
  Verdict verdict;
  Serializer serializer = Serializer::json;
};

// Whether a client that offers nothing that fits is taken to speak JSON, as Crossbar.io calls it.
enum class RequireSubprotocol : bool { no, yes };

// `offered`: what Sec-WebSocket-Protocol lists, all its fields joined by commas; "" = nothing.
[[nodiscard]] SubprotocolChoice choose_subprotocol(std::string_view offered, SerializerSet served,
                                                   RequireSubprotocol require);

// Why not, for the client: names what fits.
[[nodiscard]] std::string subprotocol_refusal(SubprotocolChoice::Verdict verdict, SerializerSet served);

}  // namespace zeroway
