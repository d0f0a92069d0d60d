// What carries the worker's messages: its connections to routers, dialled one by one, and what happens on them. Two
// engines implement it: ZmqSocket (libzmq) and LoopSocket (ZMTP on the worker's own loop).
//
// Owner: WorkerLoop.   Thread: the loop.
// Not here: which connection is wanted, and when (worker_loop.h). No engine dials a connection again by itself.
#pragma once
#include <poll.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "proto/bytes.h"
#include "proto/message.h"
#include "proto/zmtp/zmtp_failure.h"
#include "zeroway/options.h"

namespace zeroway {

// The name of a connection. A connection that is dialled again has another name: what is left of the one before is
// not taken for news of the new one.
struct ConnectionKey {
  enum class Socket : char { deal = 'D', steer = 'S' };
  Socket socket = Socket::deal;
  std::uint32_t link = 0;   // the link's index
  std::uint32_t times = 0;  // how often that socket of that link was dialled

  bool operator==(const ConnectionKey&) const = default;
};

// Why a connection has ended, as far as it is known.
struct ConnectionEnd {
  int error = 0;          // an errno of connect(); 0 = it was connected, or the reason is not known
  std::string violation;  // of the protocol; empty = the peer only went away
};

// Called from inside WorkerWire::receive(), which may not be called again in a call, nor connect() and disconnect().
class WireEvents {
 public:
  virtual ~WireEvents() = default;

  // A message; `payload` is good until the call returns.
  virtual void message(const ConnectionKey& from, Bytes payload) = 0;
  // The transport is connected: the handshake begins.
  virtual void connected(const ConnectionKey& of) = 0;
  // From now on messages may be sent.
  virtual void shook_hands(const ConnectionKey& of) = 0;
  // The connection has ended, because the handshake failed. `none`: the peer gave no reason that is known.
  virtual void handshake_failed(const ConnectionKey& of, ZmtpFault why) = 0;
  // The connection has ended, or could not be made. It may be told twice.
  virtual void broke(const ConnectionKey& of, const ConnectionEnd& end) = 0;
};

class WorkerWire {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~WorkerWire() = default;

  // Fails when a socket, an option or a key cannot be had; the error names it.
  [[nodiscard]] virtual Result<> open(const WorkerOptions& options) = 0;
  // Ends all connections. Messages that wait to be sent get `linger`: the call waits so long.
  virtual void close(std::chrono::milliseconds linger) = 0;

  // Begins to connect. Fails when the endpoint is not possible. `instance` is the routing id that the peer sees.
  [[nodiscard]] virtual Result<> connect(const std::string& endpoint, const ConnectionKey& key,
                                         const std::string& instance) = 0;
  // Nothing more is told of the connection. Its messages that wait to be sent get `linger`; the call does not wait.
  virtual void disconnect(const ConnectionKey& key, std::chrono::milliseconds linger) = 0;
  // Whether the connection has ended, although that is not told yet: the next receive() will tell it.
  [[nodiscard]] virtual bool has_ended(const ConnectionKey& key) = 0;

  // The writer is empty afterwards, whatever happens.
  [[nodiscard]] virtual Result<> send(const ConnectionKey& to, MessageWriter& message) = 0;
  // Tells what has happened. True when it pays to call it once more without waiting.
  virtual bool receive(TimePoint now, WireEvents& events) = 0;

  // Before the caller waits: while this is false, receive() has something to tell that no descriptor will report.
  [[nodiscard]] virtual bool is_dry() const = 0;
  // What to wait for: one of these descriptors, or the time. Then take() gets them, with poll()'s findings.
  virtual void add_sockets(std::vector<pollfd>& sockets) const = 0;
  virtual void take(std::span<const pollfd> sockets) = 0;
  [[nodiscard]] virtual TimePoint next_step() const = 0;
};

}  // namespace zeroway
