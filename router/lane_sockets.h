// Listening sockets at one address and port, one for each loop.
//
// Owner: whoever binds; the sockets go to the lanes.   Thread: any.
// Not here: what is done with their connections (router/edge/front_door.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "proto/error.h"
#include "router/net/listener.h"
#include "router/net/socket.h"

namespace zeroway {

struct LaneSockets {
  std::vector<Socket> all;  // `count` of them
  Peer bound;               // with the port that the kernel chose for port 0
};

// The error names the place. Nothing stays bound then. Without `terms.shared` no other process may listen there.
[[nodiscard]] boost::system::result<LaneSockets, ListenError> bind_for_lanes(const std::string& address,
                                                                             std::uint16_t port, std::size_t count,
                                                                             const ListenTerms& terms = {});

}  // namespace zeroway
