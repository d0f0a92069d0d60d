#include "router/net/local_listener.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "router/net/limits.h"
#include "router/net/listener.h"

namespace zeroway {

Result<Socket> listen_locally(const std::string& path) {
  const auto cannot_listen = [&](const char* why) {
    return Error{Fault::router, Code::internal, false, "cannot listen on unix:" + path + ": " + why};
  };
  sockaddr_un address{};
  const bool is_file = !path.starts_with('@');
  if (path.empty() || path == "@") return cannot_listen("the path is empty");
  if (path.size() >= sizeof address.sun_path) return cannot_listen("the path is too long");
  if (is_file && somebody_listens_at(path)) return cannot_listen(std::strerror(EADDRINUSE));
  if (is_file) remove_socket_file(path);  // of a process that is gone
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  if (!is_file) address.sun_path[0] = '\0';  // unix(7); the size says where the name ends
  const std::size_t size = offsetof(sockaddr_un, sun_path) + path.size() + (is_file ? 1 : 0);
  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const bool is_listening =
      socket.is_open() &&
      ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)) == 0 &&
      ::listen(socket.fd(), kBacklog) == 0;
  if (!is_listening) return cannot_listen(std::strerror(errno));
  return socket;
}

int peer_process(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  // The kernel answers for TCP, too, with a process of 0.
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

}  // namespace zeroway
