// Peers of the fabric's sockets that are no workers: what the operator is told about them, and when they are cut.
//
// Owner: Fabric.   Thread: one loop.
// Not here: HELLO, which makes a peer a worker (router/fabric/membership.h).
#pragma once
#include <cstddef>
#include <string_view>

#include "router/fabric/connection_budgets.h"
#include "router/fabric/fabric_context.h"
#include "router/fabric/newcomers.h"
#include "router/fabric/once_a_minute.h"

namespace zeroway {

class Strangers {
 public:
  explicit Strangers(FabricContext& context) : context_(context) {}

  // A steer connection came; it should say HELLO soon.
  void came(ConnectionId connection, std::string_view address);
  // The connection said HELLO.
  void said_hello(ConnectionId connection) { newcomers_.forget(connection); }
  // The connection broke off. A later connection may get the same number.
  void forget(ConnectionId connection);
  void cut_overdue();

  // Writes a log line about a peer at `socket`. The same line is written once a minute.
  void tell_of(std::string_view socket, std::string_view address, std::string_view what);
  // Cuts the peer that sent the message now being handed in. That peer is no worker.
  void turn_away(std::string_view why);
  // The sender of the message now being handed in had frames that nobody waits for; together they cost `cost`. False
  // when that is more than a second's budget has.
  [[nodiscard]] bool may_talk(std::size_t cost) { return talk_.take(context_.wire.sender(), context_.now, cost); }

  void lost_time(std::chrono::nanoseconds lost) { newcomers_.lost_time(lost); }

 private:
  FabricContext& context_;
  Newcomers newcomers_;
  StrangeTalk talk_;
  OnceAMinute told_;
};

}  // namespace zeroway
