// The engine without libzmq: the loop itself listens for workers and speaks ZMTP with them.
//
// Owner: FabricDriver.   Thread: one loop.
// Messages are handed in as they are read, so nothing waits here to be received. Not here: the connections
// (router/fabric/loop_wire.h).
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "router/fabric/fabric_engine.h"
#include "router/fabric/loop_wire.h"
#include "router/net/listener.h"
#include "router/net/loop.h"

namespace zeroway {

class CurveGate;

class LoopEngine final : public FabricEngine {
 public:
  LoopEngine(Loop& loop, const FabricSettings& settings);
  ~LoopEngine() override;

  [[nodiscard]] Wire& wire() override { return wire_; }
  void attach(WireEvents& events, std::function<void()> wants_turn_end) override;
  [[nodiscard]] Result<> bind(const std::string& deal, const std::string& steer) override;
  void tick() override;
  // After a tick: until all sockets were read once more.
  [[nodiscard]] bool must_receive() const override { return is_reading_; }
  [[nodiscard]] bool receive() override { return !is_reading_; }
  void tell_connections() override { wire_.tell_connections(); }
  void send_all() override { wire_.send_all(); }

 private:
  [[nodiscard]] Result<std::unique_ptr<Listener>> listen(Side side, const std::string& endpoint);
  void has_read();

  Loop& loop_;
  const FabricSettings& settings_;
  std::unique_ptr<CurveGate> gate_;
  LoopWire wire_;
  std::function<void()> wants_turn_end_;
  std::unique_ptr<Listener> deal_, steer_;
  bool is_reading_ = false;
};

}  // namespace zeroway
