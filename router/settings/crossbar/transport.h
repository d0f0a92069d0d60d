// One transport of a Crossbar.io proxy worker: a site of ours.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: the worker (crossbar/node_file.h).
#pragma once
#include <string>
#include <vector>

#include "router/settings/reading.h"
#include "router/settings/settings.h"

namespace zeroway::crossbar {

struct TransportPlace {
  const Node& node;
  std::string where;
  const std::vector<WampBackendSettings>& backends;  // of the worker
  Settings& settings;
  Reading& reading;
};

// Nothing is added to the file's sites when an equal site is there already: two workers that share a port are one
// router.
void read_transport(const TransportPlace& place);

}  // namespace zeroway::crossbar
