// Listens for clients, and hands out each accepted socket.
//
// Owner: the front door of a loop.   Thread: that loop.
// When the process is out of descriptors, the listener waits a moment instead of asking again at once, and logs the
// shortage once in kTellAgain.
// Not here: how many connections are too many (edge/front_door.h).
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "proto/error.h"
#include "router/net/limits.h"
#include "router/net/loop.h"
#include "router/net/socket.h"
#include "router/settings/listen_terms.h"

namespace zeroway {

// Whether other loops of this process, or other processes, listen at the same port (SO_REUSEPORT).
enum class Share : bool { no, yes };

// Why nobody can listen there. `detail` names the place, too.
struct ListenError : Error {
  std::string why;  // alone: for those who name the place in their own words
};
using Listening = boost::system::result<Socket, ListenError>;

// A bound and listening socket. "" is every address: IPv6 and IPv4 in one socket, IPv4 alone where there is no IPv6.
[[nodiscard]] Listening listen_at(const std::string& address, std::uint16_t port, Share share,
                                  const ListenTerms& terms = {});
// Whether listen_at() would succeed with a socket that is not shared: a shared port can be bound even when another
// process of this user shares it. Nobody can connect meanwhile.
[[nodiscard]] boost::system::result<void, ListenError> check_free(const std::string& address, std::uint16_t port);
// A bound and listening unix socket. A socket file that no process listens at is replaced; a file of another kind is an
// error. Loops share the socket by share() (net/socket.h). The file stays when the socket is closed. `mode`: of the
// file; none = what the umask leaves. `path` may begin with @: a name of Linux's abstract space, which is no file.
[[nodiscard]] Listening listen_on_unix(const std::string& path, std::optional<unsigned> mode = kUnixSocketMode,
                                       const ListenTerms& terms = {});
// Gives a listening socket other terms: for connections that come from now on. Whether it is shared stays.
void change_terms(const Socket& socket, const ListenTerms& terms);
// Removes the file of a unix socket. False, and nothing is removed, when `path` is not that of a socket.
bool remove_socket_file(const std::string& path);
// The address of a bound socket, with the port that the kernel chose for port 0.
[[nodiscard]] Peer bound_to(const Socket& socket);

class Listener final : private Watcher {
 public:
  // `peer` has no address when the client came through a unix socket.
  using Accepted = std::function<void(Socket socket, Peer peer)>;

  // Accepts at once.
  Listener(Loop& loop, Socket socket, Accepted accepted);
  ~Listener() override;

  // New clients wait in the kernel's backlog while paused.
  void pause();
  void resume();
  [[nodiscard]] Peer address() const { return bound_to(socket_); }

 private:
  void ready(bool readable, bool writable) override;
  [[nodiscard]] bool accept_one();
  void rest(int error);

  Loop& loop_;
  Socket socket_;
  Accepted accepted_;
  Timer rest_;
  bool is_paused_ = false;
  Time tells_from_ = Time::min();  // when the next shortage of descriptors is logged
};

}  // namespace zeroway
