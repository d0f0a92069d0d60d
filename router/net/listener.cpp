#include "router/net/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>

#include "router/net/limits.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

ListenError cannot_listen(const std::string& where, const std::string& why) {
  return {{Fault::router, Code::internal, false, "cannot listen on " + where + ": " + why}, why};
}

ListenError cannot_listen(const std::string& address, std::uint16_t port, const char* why) {
  return cannot_listen(show({address.empty() ? "*" : address, port}), why);
}

void set_flag(const Socket& socket, int level, int option, int value) {
  ::setsockopt(socket.fd(), level, option, &value, sizeof value);
}

enum class Use : bool { bind, listen };

// How a socket is bound.
struct Wish {
  Share share;
  Use use;
  ListenTerms terms{};
};

int backlog_of(const ListenTerms& terms) { return terms.backlog > 0 ? static_cast<int>(terms.backlog) : kBacklog; }

// Accepted sockets inherit it.
void set_user_timeout(const Socket& socket, const ListenTerms& terms) {
  set_flag(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(terms.user_timeout.count()));
}

// The socket, or none with errno set.
Socket try_bind(const sockaddr& address, socklen_t size, const Wish& wish) {
  Socket socket(::socket(address.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return socket;
  set_flag(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  set_tcp_options(socket);  // once here saves calls for each accepted socket
  if (address.sa_family == AF_INET6) set_flag(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (wish.share == Share::yes) set_flag(socket, SOL_SOCKET, SO_REUSEPORT, 1);
  if (wish.terms.user_timeout.count() > 0) set_user_timeout(socket, wish.terms);
  const bool is_good = ::bind(socket.fd(), &address, size) == 0 &&
                       (wish.use == Use::bind || ::listen(socket.fd(), backlog_of(wish.terms)) == 0);
  return is_good ? std::move(socket) : Socket();
}

// "" = a unix socket may have it.
std::string why_no_path(const std::string& path) {
  const bool is_file = !path.starts_with('@');
  if (path.size() < (is_file ? 1U : 2U)) return "the path is empty";
  if (path.find('\0') != std::string::npos) return "a zero byte in the path";
  return path.size() < sizeof(sockaddr_un::sun_path) ? "" : "the path is too long";
}

// Returns the size of the address. A name of the abstract space has a zero byte for its @, and ends where the size says
// (unix(7)).
socklen_t fill(const std::string& path, sockaddr_un& address) {
  const bool is_file = !path.starts_with('@');
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  if (!is_file) address.sun_path[0] = '\0';
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (is_file ? 1 : 0));
}

Listening bind_everywhere(std::uint16_t port, const Wish& wish) {
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  Socket socket = try_bind(reinterpret_cast<const sockaddr&>(v6), sizeof v6, wish);
  if (socket.is_open()) return socket;
  if (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL) return cannot_listen("", port, std::strerror(errno));
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  socket = try_bind(reinterpret_cast<const sockaddr&>(v4), sizeof v4, wish);
  if (!socket.is_open()) return cannot_listen("", port, std::strerror(errno));
  return socket;
}

Listening bind_at(const std::string& address, std::uint16_t port, const Wish& wish) {
  if (address.empty()) return bind_everywhere(port, wish);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int failure = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (failure != 0) return cannot_listen(address, port, ::gai_strerror(failure));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* entry = list; entry; entry = entry->ai_next) {
    Socket socket = try_bind(*entry->ai_addr, entry->ai_addrlen, wish);
    if (socket.is_open()) return socket;
    error = errno;
  }
  return cannot_listen(address, port, std::strerror(error));
}

}  // namespace

Listening listen_at(const std::string& address, std::uint16_t port, Share share, const ListenTerms& terms) {
  return bind_at(address, port, {share, Use::listen, terms});
}

// A socket that listened for a moment would take connections, and reset them.
boost::system::result<void, ListenError> check_free(const std::string& address, std::uint16_t port) {
  const auto socket = bind_at(address, port, {Share::no, Use::bind});
  if (!socket) return socket.error();
  return {};
}

void change_terms(const Socket& socket, const ListenTerms& terms) {
  set_user_timeout(socket, terms);  // a unix socket has none, and refuses it
  ::listen(socket.fd(), backlog_of(terms));
}

bool remove_socket_file(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode) && ::unlink(path.c_str()) == 0;
}

Listening listen_on_unix(const std::string& path, std::optional<unsigned> mode, const ListenTerms& terms) {
  const auto refuse = [&](const std::string& why) { return cannot_listen("unix:" + path, why); };
  if (const std::string why = why_no_path(path); !why.empty()) return refuse(why);
  const bool is_file = !path.starts_with('@');
  if (is_file && somebody_listens_at(path)) return refuse("another process listens there");
  if (is_file) remove_socket_file(path);  // of a process that is gone; another file stays, and bind() reports it
  sockaddr_un address{};
  const socklen_t size = fill(path, address);
  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  // Nobody can connect before listen(), so the mode is right for the first client.
  const bool is_bound = socket.is_open() && ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), size) == 0;
  if (!is_bound) return refuse(std::strerror(errno));
  const bool is_moded = !is_file || !mode || ::chmod(path.c_str(), *mode) == 0;
  if (is_moded && ::listen(socket.fd(), backlog_of(terms)) == 0) return socket;
  const int error = errno;
  if (is_file) remove_socket_file(path);
  return refuse(std::strerror(error));
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
