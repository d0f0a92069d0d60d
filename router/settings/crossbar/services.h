// The services at the paths of a transport of a Crossbar.io node file.
//
// Owner: nobody; free functions.   Thread: any.
// The first component of a request's path chooses the service, "/" has all other paths; a service of type `path` has
// paths of its own below its path.
// Not here: where the transport listens (crossbar/listen_endpoint.h).
#pragma once
#include <string>
#include <vector>

#include "router/settings/reading.h"
#include "router/settings/sites.h"

namespace zeroway::crossbar {

// Where one service is said, and what it becomes a part of.
struct ServicePlace {
  const Node& node;
  std::string where;  // of the node
  std::string path;   // of requests
  SiteSettings& site;
  const std::vector<WampBackendSettings>& backends;  // of the worker, for services that name none
  Reading& reading;

  // A part of it, or a service below it.
  [[nodiscard]] ServicePlace at(const Node& part, std::string name, std::string below) const {
    return {part, std::move(name), std::move(below), site, backends, reading};
  }
};

using ReadService = void (*)(const ServicePlace& place);

// One service of a type that is known. An unknown one is an error.
void read_service(const ServicePlace& place);
// All services of the table that `place.node` has under `key`, if it has it; each by `read`.
void read_paths(const ServicePlace& place, const char* key, ReadService read = read_service);

// The services of each kind.
void read_static(const ServicePlace& place);
void read_archive(const ServicePlace& place);
void read_json_value(const ServicePlace& place);
void read_node_info(const ServicePlace& place);
void read_redirect(const ServicePlace& place);
void read_reverse_proxy(const ServicePlace& place);
void read_web_socket_proxy(const ServicePlace& place);  // to any server of WebSockets
void read_wamp(const ServicePlace& place);

// Clients of the site that speak RawSocket; their sessions are those of the place's path.
void read_raw_socket(const ServicePlace& place);

// A route at the place, for the services that are one.
[[nodiscard]] RouteSettings begin_route(const ServicePlace& place);
void add_route(const ServicePlace& place, RouteSettings route);

}  // namespace zeroway::crossbar
