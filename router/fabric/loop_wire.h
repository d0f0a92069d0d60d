// The deal and the steer socket of one loop, spoken by the loop itself: which peers there are, and what becomes of
// each.
//
// Owner: LoopEngine.   Thread: one loop.
// Every message of a connection is handed in before the end of the connection is told. Nothing is told from inside a
// call of Wire. Not here: ZMTP (router/fabric/loop_peer.h), listening (router/fabric/loop_engine.h), what messages mean
// (router/fabric/fabric.h).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/fabric/loop_peer.h"
#include "router/fabric/routing_ids.h"
#include "router/fabric/wire.h"
#include "router/net/connection.h"

namespace zeroway {

class CurveGate;

class LoopWire final : public Wire, public LoopPeerEvents {
 public:
  explicit LoopWire(Loop& loop) : loop_(loop) {}

  // The last messages get kFabricLinger to leave.
  ~LoopWire() override;

  // From now on peers must have keys that `gate` allows. The gate outlives the wire.
  void guard(const CurveGate& gate) { gate_ = &gate; }
  // `wants_turn_end` is called when tell_connections() or send_all() have something to do.
  void attach(WireEvents& events, std::function<void()> wants_turn_end);
  // A peer connected to the socket at `endpoint`. `from` has no address when it came through a unix socket.
  void accepted(Side side, const std::string& endpoint, Socket socket, const Peer& from);

  // Wire
  [[nodiscard]] bool deals_openings() const override { return false; }
  [[nodiscard]] bool deal(const std::string& message) override;
  void take_note() override {}
  [[nodiscard]] bool steer(const std::string& instance, const std::string& message) override;
  [[nodiscard]] std::size_t unsent(ConnectionId connection) const override;
  void lost_time(std::chrono::nanoseconds lost) override;
  void cut(ConnectionId connection) override;
  [[nodiscard]] ConnectionId sender() override { return handed_in_ == nullptr ? -1 : handed_in_->id(); }
  [[nodiscard]] std::string sender_address() override { return handed_in_ == nullptr ? "" : handed_in_->host(); }

  // See FabricEngine.
  void tell_connections();
  void send_all();
  // Ends the connections that are late. Called when everything that came was read.
  void judge();

 private:
  struct Entry {
    std::unique_ptr<LoopPeer> peer;
    std::string endpoint;  // ours
    bool is_key_refused = false;
    bool is_newcomer = true;  // counted in newcomers_
  };

  // LoopPeerEvents
  [[nodiscard]] bool is_allowed(LoopPeer& peer, Bytes public_key) override;
  void shook_hands(LoopPeer& peer) override;
  void message(LoopPeer& peer, Bytes first, std::size_t parts) override;
  void has_output(LoopPeer& peer) override;
  void ended(LoopPeer& peer, const ZmtpFailure& failure) override;

  [[nodiscard]] ConnectionId next_id();
  [[nodiscard]] WireEvents& tell();
  void hand_in(LoopPeer& peer, Bytes payload, std::size_t parts);
  void hold(RoutingIds::Rival& rival, Bytes payload, std::size_t parts);
  void judge_rivals();
  void attach_rivals();
  // Tells why, and ends the connection.
  void turn_away(LoopPeer& peer, std::string_view why);
  void end(LoopPeer& peer);
  void forget(LoopPeer& peer);
  void is_known(LoopPeer& peer);

  Loop& loop_;
  const CurveGate* gate_ = nullptr;  // nullptr = no keys
  WireEvents* events_ = nullptr;
  std::function<void()> wants_turn_end_;
  boost::unordered_flat_map<ConnectionId, Entry> peers_;
  boost::unordered_flat_map<std::string, std::size_t> newcomers_;  // by host: in their handshake, or without HELLO
  RoutingIds ids_;
  std::vector<LoopPeer*> deal_peers_;  // that have shaken hands, in the order in which they are dealt to
  std::size_t next_deal_ = 0;
  std::size_t deal_connections_ = 0;
  std::vector<LoopPeer*> with_output_;
  std::vector<LoopPeer*> over_;
  LoopPeer* handed_in_ = nullptr;  // whose message events_ is being told of
  ConnectionId last_id_ = 0;
};

}  // namespace zeroway
