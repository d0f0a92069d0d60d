// The fabric's two sockets as the router's logic sees them: deal to the next worker in turn, steer to a named worker.
//
// Owner: Fabric's maker; Fabric keeps a reference.   Thread: one loop.
// The scripted tests put a recorder here; ZmqWire and LoopWire are the real ones.
// Not here: frames (proto/message.h), the workers (router/fabric/roster.h).
#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "proto/bytes.h"
#include "router/observe/time.h"

namespace zeroway {

// A transport connection on the steer socket, as long as it lives. -1 = not known.
using ConnectionId = int;

class WireEvents {
 public:
  virtual ~WireEvents() = default;
  // The time of the events that follow.
  virtual void time_is(Time /*now*/) {}
  // One message from the worker with this routing id. `instance` and `payload` are good until the call returns.
  virtual void message(std::string_view instance, Bytes payload, ConnectionId connection) = 0;
  // A message of more than two parts, which no worker sends.
  virtual void too_many_parts(std::string_view instance) = 0;
  virtual void steer_broke(ConnectionId connection) = 0;
  // How many peers the deal socket has after one connected or broke off. Peers in their handshake count. A peer gets no
  // dealt message before deal_came has reported it.
  virtual void deal_came(std::size_t connections) = 0;
  virtual void deal_broke(std::size_t connections) = 0;
  // A deal peer has finished its handshake: it gets dealt messages from now on.
  virtual void deal_shook_hands() = 0;
  // A connection was accepted at steer. A HELLO on that connection may have been handed in before this call. `address`:
  // see stranger().
  virtual void steer_came(ConnectionId connection, std::string_view address) = 0;
  // A peer's public CURVE key, in Z85, is not allowed.
  virtual void key_refused(std::string_view address, std::string_view key) = 0;
  // A peer that is no worker sent bad bytes, failed its handshake, or sent a message to deal. For the log. `address` is
  // "" when ZeroMQ does not tell it.
  virtual void stranger(std::string_view socket, std::string_view address, std::string_view what) = 0;
};

class Wire {
 public:
  virtual ~Wire() = default;
  // Whether openings should be dealt when they may be. Not where the wire knows which connection is whose: a steered
  // opening costs the same there, and the router knows at once who has it. PINGs are dealt by every wire.
  [[nodiscard]] virtual bool deals_openings() const { return true; }
  // False when no peer is connected; nothing was sent then.
  [[nodiscard]] virtual bool deal(const std::string& message) = 0;
  // Makes the next deal() know all connections that have come and gone by now. Without this call ZeroMQ may find out a
  // millisecond later.
  virtual void take_note() = 0;
  // False when that worker cannot be reached any more; nothing was sent then.
  [[nodiscard]] virtual bool steer(const std::string& instance, const std::string& message) = 0;
  // How many of the last messages to that steer connection have not begun to leave this process: no worker can have
  // seen them. Good until steer_broke() has returned; after cut() they never leave. 0 when the wire cannot know.
  [[nodiscard]] virtual std::size_t unsent(ConnectionId /*connection*/) const { return 0; }
  // The loop did not run for the time `lost`: no peer is late by that time.
  virtual void lost_time(std::chrono::nanoseconds /*lost*/) {}
  // Closes this steer connection; messages that wait for it are thrown away. steer_broke() follows later.
  virtual void cut(ConnectionId connection) = 0;
  // The connection and the address of the peer that sent the message now being handed in. When the sender's connection
  // has ended, its number may belong to another connection by now. The address is "" when it is not known. Each call
  // costs more than reading a usual message.
  [[nodiscard]] virtual ConnectionId sender() = 0;
  [[nodiscard]] virtual std::string sender_address() = 0;
};

}  // namespace zeroway
