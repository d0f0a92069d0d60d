// A socket's descriptor, and addresses as text.
//
// Owner: whoever holds the Socket; it closes.   Thread: any.
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

// At once: the peer is told RST, and the kernel keeps nothing of it. Closed by us in the usual way, each of a flood
// would stay in TIME_WAIT for a minute.
void reset_and_close(Socket socket);
[[nodiscard]] Peer read_peer(const sockaddr_storage& address);
// Where the other end of a connection is; "" as address when there is no connection, or it is of another family.
[[nodiscard]] Peer peer_of(int fd);
// "127.0.0.1:9000", "[::]:9000".
[[nodiscard]] std::string show(const Peer& peer);
// A further descriptor of the same socket, which stays with it when `fd` is closed and given to another. Not open when
// `fd` is none.
[[nodiscard]] Socket share(int fd);
// Ends the connection both ways, whoever else has it open: they find it ended.
void end_connection(const Socket& socket);
// Whether a process listens on the unix socket at `path`. False for a file nobody holds any more.
[[nodiscard]] bool somebody_listens_at(std::string_view path);

}  // namespace zeroway
