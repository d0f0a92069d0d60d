// Which language a client of a cleartext port speaks, from the first bytes it says.
//
// Owner: nobody; a free function.   Thread: any.
// HTTP/2 with prior knowledge begins with "PRI * HTTP/2.0" (RFC 9113 §3.4), a request line that no HTTP/1.1 client
// says. Not here: TLS, where ALPN tells (router/net); what follows the first bytes (the codecs).
#pragma once
#include <cstdint>

#include "proto/bytes.h"

namespace zeroway {

enum class Protocol : std::uint8_t { http1, http2 };

enum class Sniffed : std::uint8_t { more, http1, http2 };  // more: all of `input` could still begin either

// Give it all bytes so far; the answer never changes with what comes later unless it was `more`.
[[nodiscard]] Sniffed sniff_protocol(Bytes input);

}  // namespace zeroway
