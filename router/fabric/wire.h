// The fabric's two sockets as the router's logic sees them: deal to whoever is next, steer to this worker.
//
// Owner: Fabric's maker; Fabric keeps a reference.   Thread: one loop.
// The scripted tests put a recorder here; ZmqWire is the real one.
// Not here: frames (proto/message.h), who the workers are (router/fabric/roster.h).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "proto/bytes.h"

namespace zeroway {

// A transport connection on the steer socket, as long as it lives. -1 = not known.
using ConnectionId = int;

class WireEvents {
 public:
  virtual ~WireEvents() = default;
  // One message from the worker with this routing id. Both views are good until the call returns.
  virtual void message(std::string_view instance, Bytes payload, ConnectionId connection) = 0;
  // A message of more than two parts, which no worker sends.
  virtual void too_many_parts(std::string_view instance) = 0;
  virtual void steer_broke(ConnectionId connection) = 0;
  // How many peers the deal socket has, shaking hands or done, after one came or broke off. Nobody is dealt to before
  // deal_came told of it.
  virtual void deal_came(std::size_t connections) = 0;
  virtual void deal_broke(std::size_t connections) = 0;
  // One of them has shaken hands: from now on it is dealt to.
  virtual void deal_shook_hands() = 0;
  // A connection was accepted at steer. A HELLO on it may have been handed in before. `address`: see stranger().
  virtual void steer_came(ConnectionId connection, std::string_view address) = 0;
  // Somebody's public CURVE key, in Z85, is not allowed.
  virtual void key_refused(std::string_view address, std::string_view key) = 0;
  // Somebody who is no worker knocked: bad bytes, a failed handshake, words at deal. For the log. `address` is "" when
  // ZeroMQ does not tell it.
  virtual void stranger(std::string_view socket, std::string_view address, std::string_view what) = 0;
};

class Wire {
 public:
  virtual ~Wire() = default;
  // False when nobody is connected; nothing was sent then.
  [[nodiscard]] virtual bool deal(const std::string& message) = 0;
  // What happened to connections by now counts for the next deal(), which else may find out a millisecond later.
  virtual void take_note() = 0;
  // False when that worker cannot be reached any more; nothing was sent then.
  [[nodiscard]] virtual bool steer(const std::string& instance, const std::string& message) = 0;
  // Breaks this connection at steer off; what waits for it is thrown away. steer_broke() follows, not at once.
  virtual void cut(ConnectionId connection) = 0;
  // Who sent the message that is being handed in: its connection, which may be another's by now when the sender's has
  // ended, and its address, "" when that is not known. Both cost more than to look at most messages.
  [[nodiscard]] virtual ConnectionId sender() = 0;
  [[nodiscard]] virtual std::string sender_address() = 0;
};

}  // namespace zeroway
