// The terms on which one request is served. They are known once the request's head was read.
//
// Owner: whoever answers heads keeps them; a codec copies those of a request.   Thread: any.
// Not here: limits of a connection and of a head (HttpLimits).
#pragma once
#include <cstdint>

#include "router/settings/settings.h"

namespace zeroway {

struct RequestTerms {
  std::uint64_t max_body = HttpLimits().max_body;    // bytes, 0 = no limit: 413
  std::uint64_t body_rate = HttpLimits().body_rate;  // bytes/s of a body we wait for, over body_timeout, 0 = any: 408
  Millis body_timeout = HttpLimits().body_timeout;   // between two reads of a body: 408

  // For the answer of a worker that took a WebSocket's opening, else the opening is dropped; 0 = for ever.
  Millis open_handshake_timeout = WebSocketTerms().open_handshake_timeout;

  bool operator==(const RequestTerms&) const = default;
};

// What the operator said for all requests.
[[nodiscard]] inline RequestTerms request_terms(const HttpLimits& limits, const WebSocketTerms& sockets = {}) {
  return {limits.max_body, limits.body_rate, limits.body_timeout, sockets.open_handshake_timeout};
}

}  // namespace zeroway
