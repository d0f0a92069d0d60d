// Whether a page's origin may open WebSockets here (RFC 6454 §7).
//
// Owner: nobody; free functions.   Thread: any.
// Not here: what a head says of it (ws_handshake.h).
#pragma once
#include <string_view>

namespace zeroway {

// `pattern` is "*", or SCHEME://HOST[:PORT] with `*` for any run of characters in each part; without a port
// the scheme's default. Schemes and hosts are compared without regard to case.
[[nodiscard]] bool matches_origin(std::string_view pattern, std::string_view origin);

}  // namespace zeroway
