// The opening of the tunnel that a WebSocket is joined to.
//
// Owner: nobody; a free function.   Thread: any.
#pragma once
#include "proto/head.h"

namespace zeroway {

// `head`: the WebSocket's opening. Its handshake stays between the client and us.
[[nodiscard]] Head tunnel_head(const Head& head);

}  // namespace zeroway
