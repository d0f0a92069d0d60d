// Whether a page of an origin (RFC 6454 §7) may open WebSockets here.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: the answer to another page (exchange/exchange.cpp).
#pragma once
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "router/settings/settings.h"

namespace zeroway {

// `pattern` is "*", or SCHEME://HOST[:PORT] with `*` for any run of characters in each part. A pattern without a port
// means the scheme's default port. Schemes and hosts are compared without regard to case.
[[nodiscard]] bool matches_origin(std::string_view pattern, std::string_view origin);

// `head` is the opening of a WebSocket. Errors: forbidden, bad_request (two origins).
[[nodiscard]] Result<> check_origin(const Head& head, const WebSocketSettings& settings);

}  // namespace zeroway
