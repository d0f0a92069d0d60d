// What a configuration file says of each place that it shares with other routers, as a number, which they compare.
//
// Owner: FileReading, and then the router; a value.   Thread: any.
// The order of keys changes nothing. Left out is what may differ between routers at one port: other places, what is
// about the process, names and access logs. Secrets are left out, too, because other users of the machine can read the
// number. Not here: who compares (router/net/shared_ports.h).
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "router/settings/node.h"
#include "router/settings/sites.h"

namespace zeroway {

// By place, as to_text(ListenAddress) has it.
using PortFingerprints = std::map<std::string, std::uint64_t>;

// `file` is what was read of `tree`, without errors. Only sites can say `shared`: TCP services and App Proxy share
// none.
[[nodiscard]] PortFingerprints port_fingerprints(const Node& tree, const FileSettings& file);

}  // namespace zeroway
