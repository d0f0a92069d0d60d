// One socket on its way to one address.
//
// Owner: a dial.   Thread: one loop.
// Not here: deadlines, other addresses, TLS (net/dialer.h).
#pragma once
#include <optional>

#include "proto/error.h"
#include "router/net/loop.h"
#include "router/net/socket.h"
#include "router/net/socket_address.h"

namespace zeroway {

class ConnectAttempt;

class ConnectEvents {
 public:
  virtual ~ConnectEvents() = default;
  // The attempt is over, with or without success. It must stay until the end of the turn.
  virtual void attempt_over(ConnectAttempt& who) = 0;
};

class ConnectAttempt final : private Watcher {
 public:
  // Tells nothing before the constructor returns: ask error() for a failure at once.
  ConnectAttempt(Loop& loop, const SocketAddress& address, ConnectEvents& events);
  ~ConnectAttempt() override;

  // Why it failed; none while it is under way, or connected.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] const SocketAddress& address() const { return address_; }
  // Of an attempt that is over without error. To be called once.
  [[nodiscard]] Socket take();

 private:
  void ready(bool readable, bool writable) override;
  void connect();
  void fail(int error);

  Loop& loop_;
  SocketAddress address_;
  ConnectEvents& events_;
  Socket socket_;
  std::optional<Error> error_;
  Timer again_;  // for a unix socket whose backlog is full
};

// A failed connect() in words, and whose fault it is: Fault::router when this machine is short of something (local
// ports, descriptors, memory), so that nobody blames the server. Code::backend_timeout when the server is silent.
[[nodiscard]] Error connect_error(const SocketAddress& address, int error);

}  // namespace zeroway
