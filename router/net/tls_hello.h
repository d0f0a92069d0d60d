// What the first message of a TLS client asks for, read from its extensions before OpenSSL acts on them.
//
// Owner: nobody; free functions.   Thread: any.
// OpenSSL resumes a session of TLS 1.3 before it tells of the client's name, so the name is read here.
// Not here: whether the message is legal: OpenSSL refuses one that is not, later in the handshake.
#pragma once
#include <string_view>

#include "proto/bytes.h"

namespace zeroway {

// The protocol of ALPN by which an ACME server asks for a challenge's certificate (RFC 8737 §4).
inline constexpr std::string_view kAcmeProtocol = "acme-tls/1";

// The host name in the extension server_name (RFC 6066 §3), as the client wrote it; "" when there is none.
[[nodiscard]] std::string_view read_server_name(Bytes extension);
// Whether the extension application_layer_protocol_negotiation (RFC 7301 §3.1) names `protocol`.
[[nodiscard]] bool offers_protocol(Bytes extension, std::string_view protocol);

}  // namespace zeroway
