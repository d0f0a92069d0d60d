// The codec for a protocol.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: which protocol it is (http/protocol_sniffer.h for cleartext, ALPN for TLS).
#pragma once
#include <memory>
#include <string_view>

#include "router/http/codec.h"
#include "router/http/protocol_sniffer.h"
#include "router/settings/settings.h"

namespace zeroway {

// `limits` and `scheme` ("http", "https") outlive the codec.
[[nodiscard]] std::unique_ptr<Codec> make_codec(Protocol protocol, const HttpLimits& limits, std::string_view scheme);

// For the access log.
[[nodiscard]] constexpr std::string_view protocol_name(Protocol protocol) {
  return protocol == Protocol::http2 ? "HTTP/2" : "HTTP/1.1";
}

}  // namespace zeroway
