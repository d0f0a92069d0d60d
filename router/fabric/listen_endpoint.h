// Where the fabric listens: endpoints as ZeroMQ writes them (tcp://ADDRESS:PORT, ipc://PATH), and the sockets there.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: which endpoints belong together (proto/control.h), accepting (router/net/listener.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/error.h"
#include "router/net/socket.h"

namespace zeroway {

// Why a socket file at this endpoint must not be replaced; "" when it may be, and for tcp.
[[nodiscard]] std::string why_not_at(std::string_view endpoint);
// "fabric endpoint tcp://127.0.0.1:8000: Address already in use".
[[nodiscard]] Error cannot_bind(const std::string& endpoint, const std::string& why);
// A bound and listening socket. ADDRESS is numeric, `*`, or the name of an interface; PATH may begin with @ for Linux's
// abstract space.
[[nodiscard]] Result<Socket> listen_at_endpoint(const std::string& endpoint);

}  // namespace zeroway
