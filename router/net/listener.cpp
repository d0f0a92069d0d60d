#include "router/net/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "router/net/limits.h"
#include "router/net/socket_address.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

Error cannot_listen(const std::string& address, std::uint16_t port, const char* why) {
  const std::string where = show({address.empty() ? "*" : address, port});
  return {Fault::router, Code::internal, false, "cannot listen on " + where + ": " + why};
}

void set_flag(const Socket& socket, int level, int option, int value) {
  ::setsockopt(socket.fd(), level, option, &value, sizeof value);
}

// The socket, or none with errno set.
Socket try_listen(const sockaddr& address, socklen_t size, Share share) {
  Socket socket(::socket(address.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return socket;
  set_flag(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  set_tcp_options(socket);  // once here saves calls for each accepted socket
  if (address.sa_family == AF_INET6) set_flag(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (share == Share::yes) set_flag(socket, SOL_SOCKET, SO_REUSEPORT, 1);
  if (::bind(socket.fd(), &address, size) != 0 || ::listen(socket.fd(), kBacklog) != 0) return Socket();
  return socket;
}

Result<Socket> listen_everywhere(std::uint16_t port, Share share) {
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  Socket socket = try_listen(reinterpret_cast<const sockaddr&>(v6), sizeof v6, share);
  if (socket.is_open()) return socket;
  if (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL) return cannot_listen("", port, std::strerror(errno));
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  socket = try_listen(reinterpret_cast<const sockaddr&>(v4), sizeof v4, share);
  if (!socket.is_open()) return cannot_listen("", port, std::strerror(errno));
  return socket;
}

}  // namespace

Result<Socket> listen_at(const std::string& address, std::uint16_t port, Share share) {
  if (address.empty()) return listen_everywhere(port, share);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int failure = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (failure != 0) return cannot_listen(address, port, ::gai_strerror(failure));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* entry = list; entry; entry = entry->ai_next) {
    Socket socket = try_listen(*entry->ai_addr, entry->ai_addrlen, share);
    if (socket.is_open()) return socket;
    error = errno;
  }
  return cannot_listen(address, port, std::strerror(error));
}

bool remove_socket_file(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode) && ::unlink(path.c_str()) == 0;
}

Result<Socket> listen_on_unix(const std::string& path, unsigned mode) {
  const auto address = SocketAddress::unix_socket(path);
  if (!address) return address.error();
  const auto cannot_listen_here = [&](const char* why) {
    return Error{Fault::router, Code::internal, false, "cannot listen on unix:" + path + ": " + why};
  };
  if (somebody_listens_at(path)) return cannot_listen_here("another process listens there");
  remove_socket_file(path);  // of a process that is gone; a file of another kind stays, and bind() reports it
  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_storage storage;
  const socklen_t size = address->fill(storage);
  // Nobody can connect before listen(), so the mode is right for the first client.
  const bool is_open = socket.is_open() && ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&storage), size) == 0;
  if (!is_open) return cannot_listen_here(std::strerror(errno));
  if (::chmod(path.c_str(), mode) == 0 && ::listen(socket.fd(), kBacklog) == 0) return socket;
  const int error = errno;
  remove_socket_file(path);
  return cannot_listen_here(std::strerror(error));
}

Peer bound_to(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  return read_peer(address);
}

Listener::Listener(Loop& loop, Socket socket, Accepted accepted)
    : loop_(loop), socket_(std::move(socket)), accepted_(std::move(accepted)), rest_(loop, [this] {
        if (!is_paused_) loop_.watch(socket_.fd(), *this, true, false);
      }) {
  loop_.watch(socket_.fd(), *this, true, false);
}

Listener::~Listener() { loop_.forget(socket_.fd()); }

void Listener::pause() {
  if (is_paused_) return;
  is_paused_ = true;
  loop_.watch(socket_.fd(), *this, false, false);
}

void Listener::resume() {
  if (!is_paused_) return;
  is_paused_ = false;
  if (!rest_.is_set()) loop_.watch(socket_.fd(), *this, true, false);
}

void Listener::ready(bool, bool) {
  for (int count = 0; count < kAcceptBatch && !is_paused_; ++count) {
    if (!accept_one()) return;
  }
}

// False when no client waits, or when no client can be accepted.
bool Listener::accept_one() {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  Socket socket(::accept4(socket_.fd(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket.is_open()) {
    accepted_(std::move(socket), read_peer(address));
    return true;
  }
  // This client gave up while it waited: the next client may be there.
  if (errno == ECONNABORTED || errno == EINTR || errno == EPROTO) return true;
  if (errno != EAGAIN && errno != EWOULDBLOCK) rest(errno);
  return false;
}

void Listener::rest(int error) {
  loop_.watch(socket_.fd(), *this, false, false);
  rest_.set(kAcceptPause);
  if (loop_.now() < tells_from_) return;  // each client that leaves ends the shortage for a moment
  tells_from_ = loop_.now() + kTellAgain;
  log::warning(std::string("cannot accept clients now, they wait: ") + std::strerror(error));
}

}  // namespace zeroway
