// Whether a page of an origin (RFC 6454 §7) may open WebSockets here.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: finding the origin in a request's head (ws_handshake.h).
#pragma once
#include <string_view>

namespace zeroway {

// `pattern` is "*", or SCHEME://HOST[:PORT] with `*` for any run of characters in each part. A pattern without a port
// means the scheme's default port. Schemes and hosts are compared without regard to case.
[[nodiscard]] bool matches_origin(std::string_view pattern, std::string_view origin);

}  // namespace zeroway
