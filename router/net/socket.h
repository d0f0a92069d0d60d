// A socket's descriptor, and addresses as text.
//
// Owner: the holder of the Socket; its destructor closes the descriptor.   Thread: any.
// Not here: reading, writing (net/tcp_connection.h).
#pragma once
#include <sys/socket.h>

#include <string>
#include <string_view>
#include <utility>

#include "router/net/connection.h"

namespace zeroway {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    Socket old(std::exchange(fd_, std::exchange(other.fd_, -1)));
    return *this;
  }
  ~Socket();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Closes at once: the peer gets RST, and the kernel keeps nothing of the connection. Closed by us in the usual way,
// each connection of a flood would stay in TIME_WAIT for a minute.
void reset_and_close(Socket socket);
// Small sends leave at once, and a peer that is gone without FIN or RST is found. Accepted sockets inherit this from
// the socket that listens.
void set_tcp_options(const Socket& socket);
[[nodiscard]] Peer read_peer(const sockaddr_storage& address);
// The other end of a connection; "" as address when there is no connection, or when its address family is another one.
[[nodiscard]] Peer peer_of(int fd);
// "127.0.0.1:9000", "[::]:9000".
[[nodiscard]] std::string show(const Peer& peer);
// A second descriptor of the same socket: it still names that socket after `fd` is closed and its number is used again.
// Not open when `fd` is no descriptor.
[[nodiscard]] Socket share(int fd);
// Ends the connection in both directions, also for other holders of the socket.
void end_connection(const Socket& socket);
// Whether a process listens on the unix socket at `path`. False for a file that no process holds open any more.
[[nodiscard]] bool somebody_listens_at(std::string_view path);

}  // namespace zeroway
