#include "router/net/connect_attempt.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "router/net/limits.h"

namespace zeroway {

namespace {

Socket new_socket(const sockaddr_storage& address, int type) {
  return Socket(::socket(address.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

int connect_socket(const Socket& socket, const SocketAddress& address) {
  sockaddr_storage storage;
  const socklen_t size = address.fill(storage);
  return ::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&storage), size) == 0 ? 0 : errno;
}

// EADDRNOTAVAIL has two meanings: all local ports are taken, or this machine has no address from which that one can be
// reached (IPv6 is off). UDP has ports of its own, and fails for the second reason only.
bool has_way_to(const SocketAddress& address) {
  sockaddr_storage storage;
  static_cast<void>(address.fill(storage));
  const Socket probe = new_socket(storage, SOCK_DGRAM);
  return probe.is_open() && connect_socket(probe, address) == 0;
}

// A port from the range of local ports, on this machine, where nobody listens: the kernel may choose that port as the
// local one, and connects the socket to itself.
bool is_own_peer(const Socket& socket, const SocketAddress& address) {
  if (address.is_unix()) return false;
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  if (::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&local), &size) != 0) return false;
  const Peer own = read_peer(local);
  return own.port == address.port() && SocketAddress::numeric(own.address, own.port) == address;
}

const char* words_of(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "refused: nobody listens there";
    case ENOENT:
      return "there is no such socket file";
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EAFNOSUPPORT:
      return "no route";
    case ETIMEDOUT:
      return "no answer";
    case EADDRNOTAVAIL:
      return "no local port is free";
    case EMFILE:
    case ENFILE:
      return "no descriptor is free";
    default:
      return std::strerror(error);
  }
}

bool is_our_shortage(int error) {
  return error == EADDRNOTAVAIL || error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
         error == EAGAIN;
}

}  // namespace

Error connect_error(const SocketAddress& address, int error) {
  Error made{Fault::backend, Code::backend_lost, true, "cannot connect to " + address.show() + ": " + words_of(error)};
  if (error == ETIMEDOUT) made.code = Code::backend_timeout;
  if (is_our_shortage(error)) {
    made.fault = Fault::router;
    made.code = Code::internal;
  }
  return made;
}

ConnectAttempt::ConnectAttempt(Loop& loop, const SocketAddress& address, ConnectEvents& events)
    : loop_(loop), address_(address), events_(events), again_(loop, [this] {
        connect();
        if (error_) events_.attempt_over(*this);
      }) {
  sockaddr_storage storage;
  static_cast<void>(address.fill(storage));
  socket_ = new_socket(storage, SOCK_STREAM);
  if (!socket_.is_open()) {
    fail(errno);
    return;
  }
  if (!address.is_unix()) set_tcp_options(socket_);
  connect();
}

ConnectAttempt::~ConnectAttempt() {
  if (socket_.is_open()) loop_.forget(socket_.fd());
}

// A connection that is there at once is told by the loop, too: the socket is ready to write.
void ConnectAttempt::connect() {
  const int error = connect_socket(socket_, address_);
  if (error == EAGAIN && address_.is_unix()) return again_.set(kUnixBacklogWait);
  if (error != 0 && error != EINPROGRESS && error != EINTR) return fail(error);
  loop_.watch(socket_.fd(), *this, false, true);
}

void ConnectAttempt::ready(bool, bool) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket_.fd(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error == 0 && is_own_peer(socket_, address_)) error = ECONNREFUSED;
  loop_.forget(socket_.fd());
  if (error != 0) fail(error);
  events_.attempt_over(*this);
}

void ConnectAttempt::fail(int error) {
  if (error == EADDRNOTAVAIL && !has_way_to(address_)) error = ENETUNREACH;
  error_ = connect_error(address_, error);
  if (socket_.is_open()) loop_.forget(socket_.fd());
  socket_ = Socket();
}

Socket ConnectAttempt::take() { return std::move(socket_); }

}  // namespace zeroway
