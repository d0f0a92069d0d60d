// Detects which protocol a client of a cleartext port speaks, from the first bytes that the client sends.
//
// Owner: nobody; a free function.   Thread: any.
// HTTP/2 with prior knowledge begins with "PRI * HTTP/2.0" (RFC 9113 §3.4), a request line that no HTTP/1.1 client
// sends. Not here: TLS, where ALPN names the protocol (router/net); the bytes after the first ones (the codecs).
#pragma once
#include <cstdint>

#include "proto/bytes.h"

namespace zeroway {

enum class Protocol : std::uint8_t { http1, http2 };

enum class Sniffed : std::uint8_t { more, http1, http2 };  // more: `input` may still begin either protocol

// `input`: all bytes that the client has sent so far. Later bytes change no answer but `more`.
[[nodiscard]] Sniffed sniff_protocol(Bytes input);

// What the first byte of a client says, where more than HTTP is spoken.
enum class FirstByte : std::uint8_t {
  http,        // or TLS at a port without it: HTTP's codec says what is wrong
  raw_socket,  // of WAMP
  mqtt,        // CONNECT, which nobody serves here
};
[[nodiscard]] FirstByte sniff_first_byte(std::uint8_t byte);

}  // namespace zeroway
