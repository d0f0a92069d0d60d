// The options of WebSockets in a Crossbar.io node file.
//
// Owner: nobody; free functions.   Thread: any.
// What a file does not say is as Crossbar.io has it: no time limits, no pings, no compression. Messages are limited to
// 16 MiB all the same: without any limit one client could fill the memory.
// Not here: what the options do (router/http/ws_codec.h).
#pragma once
#include <string>

#include "router/settings/crossbar/keys_of.h"

namespace zeroway::crossbar {

// The terms of a WebSocket in a file that says nothing of them.
[[nodiscard]] WebSocketSettings usual_web_sockets();
// The options of a path; those that are about WAMP go to route.wamp.
void describe_web_socket_options(Keys<RouteSettings>& keys);
// The same names without effect, where the router is the client.
template <class S>
void ignore_web_socket_options(Keys<S>& keys);

// All names of options.
[[nodiscard]] const std::vector<const char*>& web_socket_option_names();

template <class S>
void ignore_web_socket_options(Keys<S>& keys) {
  for (const char* name : web_socket_option_names()) keys.idle(name, "the path's options are about WebSockets");
}

}  // namespace zeroway::crossbar
