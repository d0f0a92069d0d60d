#include "router/net/peer_process.h"

#include <sys/socket.h>

namespace zeroway {

int peer_process(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  // The kernel answers for TCP, too, with a process of 0.
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

}  // namespace zeroway
