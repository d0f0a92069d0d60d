// Listening where programs of this machine connect: unix sockets whose file has the mode that the umask leaves, names
// of Linux's abstract space, and which process connected.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: unix sockets of clients, whose file has a mode of its own (net/listener.h).
#pragma once
#include <string>

#include "proto/error.h"
#include "router/net/socket.h"

namespace zeroway {

// A bound and listening unix socket. `path` may begin with @: a name of the abstract space, which is no file. A socket
// file that no process listens at is replaced; a file of another kind is an error. The file stays when the socket is
// closed.
[[nodiscard]] Result<Socket> listen_locally(const std::string& path);
// The number of the process at the other end of a unix socket, as it was when the two connected. 0 for other sockets,
// and when the kernel does not tell.
[[nodiscard]] int peer_process(int fd);

}  // namespace zeroway
