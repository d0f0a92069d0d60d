#include "router/lane_sockets.h"

#include <utility>

namespace zeroway {

boost::system::result<LaneSockets, ListenError> bind_for_lanes(const std::string& address, std::uint16_t port,
                                                               std::size_t count, const ListenTerms& terms) {
  const Share share = count > 1 || terms.shared ? Share::yes : Share::no;
  if (share == Share::yes && !terms.shared) {
    if (const auto free = check_free(address, port); !free) return free.error();
  }
  LaneSockets sockets;
  for (std::size_t lane = 0; lane < count; ++lane) {
    auto socket = listen_at(address, port, share, terms);
    if (!socket) return socket.error();
    sockets.bound = bound_to(*socket);
    port = sockets.bound.port;
    sockets.all.push_back(std::move(*socket));
  }
  return sockets;
}

}  // namespace zeroway
