// WAMP on a WebSocket of this worker.
//
// Owner: nobody; a free function.   Thread: the one that makes the worker.
// Not here: what is said (conversation.h), options and running (main.cpp).
#pragma once
#include <zeroway/worker.h>

#include <functional>
#include <string>

#include "realms.h"

namespace wamp {

// Serves the sessions of one realm, which routers open at the worker that announces it. As register_wamp() else.
void register_realm(zeroway::Worker& worker, const std::string& realm, Realms& realms, std::function<void()> told);

// Serves WAMP sessions at `path`. `realms` outlives the worker. `told` is called on the worker's thread after each
// message of a client, when the time of the next timeout may have changed.
// Throws std::invalid_argument when `path` is no pattern of the SDK.
void register_wamp(zeroway::Worker& worker, const std::string& path, Realms& realms, std::function<void()> told);

}  // namespace wamp
