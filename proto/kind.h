// What a request opens: an ordinary exchange, a WebSocket, or a tunnel of bytes.
//
// Owner: a value.   Thread: any.
// The codec that read the request decides it once; nobody behind the codec looks at fields to find out again.
// Not here: how a WebSocket's opening is written in a head (RFC 8441; proto/stream_sink.h).
#pragma once
#include <cstdint>

namespace zeroway {

enum class Kind : std::uint8_t { request, web_socket, tunnel };

}  // namespace zeroway
