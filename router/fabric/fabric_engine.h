// One way to speak with workers: the sockets of one loop behind a Wire, and what they do in the loop's turns.
//
//     turn ends: Fabric sends ──▶ receive() ──▶ tell_connections() ──▶ Fabric judges ──▶ send_all()
//
// Owner: FabricDriver.   Thread: one loop.
// Every message is handed in before the end of its connection is told. Not here: the order of a turn
// (router/fabric/fabric_driver.h), what messages mean (router/fabric/fabric.h).
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "proto/error.h"
#include "router/fabric/wire.h"
#include "router/net/loop.h"
#include "router/settings/settings.h"

namespace zeroway {

class FabricEngine {
 public:
  virtual ~FabricEngine() = default;

  [[nodiscard]] virtual Wire& wire() = 0;
  // Before bind(). `wants_turn_end` is called when something is to be done at the end of this turn.
  virtual void attach(WireEvents& events, std::function<void()> wants_turn_end) = 0;
  // Binds both sockets; fails naming the endpoint and the reason.
  [[nodiscard]] virtual Result<> bind(const std::string& deal, const std::string& steer) = 0;

  // Time has passed. Called every few milliseconds, and before Fabric judges by the time: all messages that have come
  // by now must be handed in first.
  virtual void tick() {}
  // Whether messages may be there that are not handed in.
  [[nodiscard]] virtual bool must_receive() const = 0;
  // Hands in messages, not too many in one turn; false when more may be there. Called while must_receive().
  [[nodiscard]] virtual bool receive() = 0;
  // Tells which connections came and broke off. Called when all messages are handed in, or after many turns in which
  // that could not be done: the last messages of a worker come before the end of its connection.
  virtual void tell_connections() = 0;
  // Nothing more is sent in this end of a turn.
  virtual void send_all() {}
};

// The engine that the operator chose.
[[nodiscard]] std::unique_ptr<FabricEngine> make_fabric_engine(Loop& loop, const FabricSettings& settings);

}  // namespace zeroway
