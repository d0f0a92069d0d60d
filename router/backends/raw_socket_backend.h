// A backend that joins WebSockets of WAMP to RawSockets, which it speaks as a client over the tunnels of another
// backend.
//
//     whoever opens                                   the wrapped backend
//     WebSocket, wamp.2.X       ───────────────────▶  tunnel opens; handshake
//     accepted with wamp.2.X    ◀───────────────────  its answer, within RawSocketTerms::connect
//     message                   ◀──────────────────▶  message
//                                                     ping ──▶ pong; no ping of ours
//     Close 1000, 1001, no code ───────────────────▶  end, behind what waits; kTunnelEnd later reset
//     Close 1000                ◀───────────────────  end between two messages
//     lost, another Close       ───────────────────▶  reset
//     reset, which says why     ◀───────────────────  refused handshake, a broken rule, reset
//     Close 1009                ◀── a message longer than the server takes ──▶  end, behind what waits
//
// Owner: whoever answers sessions by it: the loop's plan.   Thread: one loop.
// A message to the server is gathered, for its length goes in front of it: 16 MiB at most, or less if the server says
// so. A message from the server passes in pieces, as it comes. Twisted's peers take a ping for a long message, so none
// is sent. Not here: frames (router/wamp/raw_socket_writer.h, raw_socket_reader.h), the tunnels
// (backends/servers_backend.h), what messages say.
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "router/exchange/backend.h"
#include "router/net/loop.h"
#include "router/wamp/raw_socket.h"

namespace zeroway {

struct RawSocketTerms {
  std::size_t most = kMostRawSocket;          // bytes of the server's longest message; a power of two at most is said
  std::chrono::milliseconds connect{10'000};  // until the server has answered the handshake
};

class RawSocketBackend final : public Backend, private ExchangeFinder, private TurnEnd {
 public:
  // `loop` outlives this object. `inner` takes Kind::tunnel; its streams keep it alive as long as this object lives.
  RawSocketBackend(Loop& loop, std::shared_ptr<Backend> inner, const RawSocketTerms& terms = {});
  ~RawSocketBackend() override;

  // Backend. The opening's sec-websocket-protocol names one subprotocol of WAMP.
  [[nodiscard]] BackendStream open(const BackendRequest& request, ReplyTo reply_to) override;
  void data(StreamKey, Bytes) override {}  // a refused WebSocket has no body
  void piece(StreamKey key, Bytes bytes, MessageKind kind, Last last) override;
  void end(StreamKey key, const Head& trailers) override;
  void reset(StreamKey key, ResetCode code) override;
  void credit(StreamKey key, std::uint32_t bytes) override;
  [[nodiscard]] bool is_ready() const override { return inner_->is_ready(); }

  // Sessions with their RawSockets that are open.
  [[nodiscard]] std::size_t size() const { return joints_.size(); }

 private:
  class Joint;

  // ExchangeFinder, for the wrapped backend
  [[nodiscard]] BackendEvents* find(ExchangeKey key) override;
  [[nodiscard]] Joint* joint_of(StreamKey key);
  void remove(Joint& joint);
  void turn_end() override;

  Loop& loop_;
  const std::shared_ptr<Backend> inner_;
  const RawSocketTerms terms_;
  boost::unordered_flat_map<StreamKey, std::unique_ptr<Joint>> joints_;
  std::vector<std::unique_ptr<Joint>> gone_;  // destroyed at the end of the turn: one of their verbs may still run
  std::vector<StreamKey> to_tell_;            // joints that are to be refused at the end of the turn
  StreamKey last_key_ = 0;
};

}  // namespace zeroway
