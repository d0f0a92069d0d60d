// The routers of WAMP behind a proxy worker of a Crossbar.io node file.
//
//     "backends": [{"realm": …, "transport": {…}}]                  each names its transport in a table
//     "backends": [{"type": …, "endpoint": {…}, "serializers": …}]  or says it in its place
//     "connections": {NAME: {"transport": {…}}}, "routes": {REALM: {ROLE: NAME}}
//
// Owner: nobody; free functions.   Thread: any.
// Not here: what paths serve (crossbar/services.h).
#pragma once
#include <string>
#include <vector>

#include "router/settings/reading.h"
#include "router/settings/wamp_settings.h"

namespace zeroway::crossbar {

// Those of `item`, which is a worker or a path; in both of the first two notations.
[[nodiscard]] std::vector<WampBackendSettings> read_backends(const Node& item, const std::string& where,
                                                             Reading& reading);
// Those of the worker's connections, by its routes. A realm has one backend: the roles of its routes must agree.
[[nodiscard]] std::vector<WampBackendSettings> read_routes(const Node& worker, const std::string& where,
                                                           Reading& reading);
// A list of serializers; those that the router does not have are left out with a warning.
[[nodiscard]] SerializerSet read_serializers(const Node& list, const std::string& where, Reading& reading);
// Host and path of a URL with ws, wss, rs or rss. False when it is none.
[[nodiscard]] bool read_socket_url(const std::string& url, std::string& host, std::string& path);

}  // namespace zeroway::crossbar
