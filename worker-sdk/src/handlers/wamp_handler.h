// The handler of WebSockets that carry the sessions of a realm, around the application's handler; and the realm as
// HELLO says it.
//
// Owner: nobody; free functions.   Thread: the one that makes the worker; the handler's is the loop.
// Not here: running the handler (handler_runner.h).
#pragma once
#include "proto/control.h"
#include "zeroway/handlers.h"
#include "zeroway/wamp.h"

namespace zeroway {

// Throws std::invalid_argument when the name is no realm's.
[[nodiscard]] WampRealm checked_realm(const ServedRealm& realm);

// Accepts the WebSocket with the serializer that the router chose, one of `serializers`; refuses it with 400 when there
// is none.
[[nodiscard]] WebSocketHandler wamp_handler(SerializerSet serializers, WampHandler handler);

}  // namespace zeroway
