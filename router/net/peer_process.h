// Which process of this machine is at the other end of a connection.
//
// Owner: nobody; a free function.   Thread: any.
// Not here: listening on unix sockets (net/listener.h).
#pragma once

namespace zeroway {

// The number of the process at the other end of a unix socket, as it was when the two connected. 0 for other sockets,
// and when the kernel does not tell.
[[nodiscard]] int peer_process(int fd);

}  // namespace zeroway
