// How long a client may take for a request that opens a WebSocket, when only the first line of its head has come.
//
// Owner: nobody; a pure function.   Thread: the listener's loop.
// Not here: who cuts the client off (edge/client_session.h), what a backend may take to answer (http/ws_stream.h).
#pragma once
#include <string_view>

#include "router/exchange/plan_in_use.h"
#include "router/settings/settings.h"

namespace zeroway {

// `target`: that of the request line, as the client sent it. The time of the path's route when the path is WAMP's,
// which takes nothing but openings; else 0. Host may not have come: the path is to be WAMP's at every site of the
// listener, and the longest of their times counts.
[[nodiscard]] Millis opening_patience(const ListenerInUse& listener, std::string_view target, Security security);

}  // namespace zeroway
