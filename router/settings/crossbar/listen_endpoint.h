// Where a transport of a Crossbar.io node file listens: its table `endpoint`.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: endpoints that are dialled (crossbar/connect_endpoint.h).
#pragma once
#include <string>

#include "router/settings/reading.h"
#include "router/settings/sites.h"

namespace zeroway::crossbar {

// Sets where the site listens, and its TLS. `transport`: the table that has the endpoint, at `where`.
void read_listen_endpoint(const Node& transport, const std::string& where, SiteSettings& site, Reading& reading);

}  // namespace zeroway::crossbar
