// A node file of Crossbar.io: the proxy workers of a node, or one of them alone.
//
//     {"version": 2, "workers": [{"type": "proxy", "transports": […]}, …]}
//     {"type": "proxy", "transports": […]}
//
// Owner: nobody; free functions.   Thread: any.
// Each transport becomes a site. Other workers are named in one warning.
// Not here: our own notation of a file in JSON (settings/description.h).
#pragma once
#include "router/settings/node.h"
#include "router/settings/reading.h"
#include "router/settings/settings.h"

namespace zeroway::crossbar {

[[nodiscard]] bool is_node_file(const Node& tree);
// `settings.file` is there.
void read_node_file(const Node& tree, Settings& settings, Reading& reading);

}  // namespace zeroway::crossbar
