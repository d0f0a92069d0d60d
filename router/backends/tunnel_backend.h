// A backend that joins WebSockets to the tunnels of another backend: binary messages are bytes.
//
//     the client                                      the wrapped backend
//     WebSocket opens           ───────────────────▶  tunnel opens
//     binary message            ◀──────────────────▶  bytes
//     Close 1000, 1001, no code ───────────────────▶  end of the client's direction; kTunnelEnd later reset
//     Close 1000                ◀───────────────────  end of the server's direction
//     lost, another Close       ───────────────────▶  reset
//     Close 1011                ◀───────────────────  reset
//     text message: Close 1003  ───────────────────▶  reset
//
// Owner: whoever answers requests by it: the loop's plan, or a circuit.   Thread: one loop.
// A message is as large as the bytes that came at once: the length of a message says nothing. Other requests than
// WebSockets get 426. Of offered subprotocols "binary" is chosen, which clients of such tunnels offer.
// Not here: pings (router/http/ws_pings.h), the tunnels (backends/servers_backend.h, router/fabric).
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "router/exchange/backend.h"
#include "router/net/loop.h"

namespace zeroway {

class TunnelBackend final : public Backend, private ExchangeFinder, private TurnEnd {
 public:
  // `loop` outlives this object. `inner` takes Kind::tunnel; its streams keep it alive as long as this object lives.
  TunnelBackend(Loop& loop, std::shared_ptr<Backend> inner);
  ~TunnelBackend() override;

  // Backend
  [[nodiscard]] BackendStream open(const BackendRequest& request, ReplyTo reply_to) override;
  void data(StreamKey, Bytes) override {}  // a refused WebSocket has no body
  void piece(StreamKey key, Bytes bytes, MessageKind kind, Last last) override;
  void end(StreamKey key, const Head& trailers) override;
  void reset(StreamKey key, ResetCode code) override;
  void credit(StreamKey key, std::uint32_t bytes) override;
  [[nodiscard]] bool has_wanted_member(const BackendRequest& request) const override {
    return inner_->has_wanted_member(request);
  }
  [[nodiscard]] PartState state(const BackendRequest& request) const override { return inner_->state(request); }
  [[nodiscard]] bool is_ready() const override { return inner_->is_ready(); }
  [[nodiscard]] std::optional<std::size_t> claimed(std::string_view host, std::string_view path) const override {
    return inner_->claimed(host, path);
  }

  // WebSockets and their tunnels that are open.
  [[nodiscard]] std::size_t size() const { return open_; }

 private:
  class Joint;

  // ExchangeFinder, for the wrapped backend
  [[nodiscard]] BackendEvents* find(ExchangeKey key) override;
  [[nodiscard]] Joint* joint_of(StreamKey key);
  [[nodiscard]] Joint& new_joint(ReplyTo reply_to);
  void remove(Joint& joint);
  void tell_later(Joint& joint, Error error);
  void turn_end() override;

  Loop& loop_;
  const std::shared_ptr<Backend> inner_;
  std::vector<std::unique_ptr<Joint>> joints_;  // by slot; those in free_ are not in use
  std::vector<std::size_t> free_;
  std::vector<std::size_t> gone_;   // free at the end of the turn: one of their verbs may still run
  std::vector<StreamKey> to_tell_;  // joints that are to be refused at the end of the turn
  std::size_t open_ = 0;
};

}  // namespace zeroway
