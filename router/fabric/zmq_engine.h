// The engine that is libzmq: watches ZeroMQ's descriptors in the loop.
//
// Owner: FabricDriver.   Thread: one loop.
// Not here: the sockets (router/fabric/zmq_wire.h).
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "router/fabric/fabric_engine.h"
#include "router/fabric/zmq_wire.h"
#include "router/net/loop.h"

namespace zeroway {

class ZmqEngine final : public FabricEngine {
 public:
  ZmqEngine(Loop& loop, const FabricSettings& settings);
  ~ZmqEngine() override;

  [[nodiscard]] Wire& wire() override { return wire_; }
  void attach(WireEvents& events, std::function<void()> wants_turn_end) override;
  [[nodiscard]] Result<> bind(const std::string& deal, const std::string& steer) override;
  [[nodiscard]] bool must_receive() const override { return wire_.must_receive(); }
  [[nodiscard]] bool receive() override;
  void tell_connections() override { wire_.tell_watched(); }

 private:
  class Descriptor;

  void watch_all();

  Loop& loop_;
  ZmqWire wire_;
  std::function<void()> wants_turn_end_;
  std::unique_ptr<Descriptor> door_, deal_, steer_, deal_watch_, steer_watch_;
  Time turn_{};       // the last turn in which receive() ran
  int receives_ = 0;  // receive() calls in that turn
};

}  // namespace zeroway
