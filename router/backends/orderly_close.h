// Whether the client of a WebSocket has closed it in order: it said all that it wanted to say.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: which codes a Close may have (router/http/ws_close.h).
#pragma once
#include "proto/head.h"

namespace zeroway {

// `trailers`: those of the client's end, with its `close-code`, if it sent one. Orderly are 1000, 1001 and no code.
[[nodiscard]] bool is_orderly_close(const Head& trailers);

}  // namespace zeroway
