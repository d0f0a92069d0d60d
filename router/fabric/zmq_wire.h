// The deal and the steer socket of one loop, and their monitors.
//
// Owner: FabricDriver.   Thread: one loop; ZeroMQ's own I/O thread works behind it.
// The only file that knows that ZMQ_FD is edge-triggered: whenever something was sent, receive() must run before the
// loop sleeps. Not here: what messages mean (router/fabric/fabric.h), keys (router/fabric/curve_gate.h).
#pragma once
#include <memory>
#include <string>
#include <zmq.hpp>

#include "proto/error.h"
#include "router/fabric/wire.h"
#include "router/fabric/zmq_door.h"
#include "router/fabric/zmq_watch.h"
#include "router/settings/settings.h"

namespace zeroway {

class CurveGate;

class ZmqWire : public Wire {
 public:
  explicit ZmqWire(const FabricSettings& settings);
  ~ZmqWire() override;

  // Binds both sockets; fails naming the endpoint and the reason.
  [[nodiscard]] Result<> bind(const std::string& deal, const std::string& steer);
  void attach(WireEvents& events) { events_ = &events; }

  [[nodiscard]] bool deal(const std::string& message) override;
  void take_note() override;
  [[nodiscard]] bool steer(const std::string& instance, const std::string& message) override;
  void cut(ConnectionId connection) override { cut_at(*steer_watch_, connection); }
  [[nodiscard]] ConnectionId sender() override;
  [[nodiscard]] std::string sender_address() override;

  // Hands in the received messages, up to kMessagesPerTurn; false when more are there.
  [[nodiscard]] bool receive();
  // Whether a message was steered, or a descriptor was ready, since receive() last saw an empty socket.
  [[nodiscard]] bool must_receive() const { return must_receive_ || must_read_deal_; }
  // A descriptor was ready.
  void door_ready();
  void deal_ready();
  void steer_ready() { must_receive_ = true; }
  void watch_ready() { is_watch_ready_ = must_receive_ = true; }
  // Tells which connections came and broke off. Called when receive() has handed in all messages, or after many turns
  // in which it could not: the last messages of a worker come before the end of its connection.
  void tell_watched();

  [[nodiscard]] int door_descriptor() { return door_.descriptor(); }
  [[nodiscard]] int deal_descriptor();
  [[nodiscard]] int steer_descriptor();
  [[nodiscard]] int deal_watch_descriptor() const { return deal_watch_->descriptor(); }
  [[nodiscard]] int steer_watch_descriptor() const { return steer_watch_->descriptor(); }

 private:
  class Part;

  void set_up(zmq::socket_t& socket);
  void hand_in(Part& id, Part& payload);
  [[nodiscard]] bool read_deal();
  static void cut_at(ZmqWatch& watch, ConnectionId connection);
  void deal_told(const ZmqWatch::News& news);
  void steer_told(const ZmqWatch::News& news);

  const FabricSettings& settings_;
  zmq::context_t context_;
  ZmqDoor door_;
  std::unique_ptr<CurveGate> gate_;
  zmq::socket_t deal_;
  zmq::socket_t steer_;
  std::unique_ptr<ZmqWatch> deal_watch_;
  std::unique_ptr<ZmqWatch> steer_watch_;
  WireEvents* events_ = nullptr;
  Part* handed_in_ = nullptr;  // the message that events_ is being told of
  bool must_receive_ = false;
  bool must_read_deal_ = false;
  bool is_watch_ready_ = false;
};

}  // namespace zeroway
