#include "router/fabric/loop_engine.h"

#include <utility>

#include "router/fabric/curve_gate.h"
#include "router/fabric/listen_endpoint.h"

namespace zeroway {

LoopEngine::LoopEngine(Loop& loop, const FabricSettings& settings) : loop_(loop), settings_(settings), wire_(loop) {}
LoopEngine::~LoopEngine() = default;

void LoopEngine::attach(WireEvents& events, std::function<void()> wants_turn_end) {
  wants_turn_end_ = wants_turn_end;
  wire_.attach(events, std::move(wants_turn_end));
}

Result<> LoopEngine::bind(const std::string& deal, const std::string& steer) {
  if (!settings_.key_file.empty()) {
    auto gate = CurveGate::open(settings_.key_file, settings_.allow_file);
    if (!gate) return gate.error();
    gate_ = std::move(*gate);
    wire_.guard(*gate_);
  }
  // Steer first: a worker that can reach deal can reach steer too.
  auto at_steer = listen(Side::steer, steer);
  if (!at_steer) return at_steer.error();
  auto at_deal = listen(Side::deal, deal);
  if (!at_deal) return at_deal.error();
  steer_ = std::move(*at_steer);
  deal_ = std::move(*at_deal);
  return {};
}

Result<std::unique_ptr<Listener>> LoopEngine::listen(Side side, const std::string& endpoint) {
  auto socket = listen_at_endpoint(endpoint);
  if (!socket) return socket.error();
  return std::make_unique<Listener>(loop_, std::move(*socket), [this, side, endpoint](Socket peer, const Peer& from) {
    wire_.accepted(side, endpoint, std::move(peer), from);
  });
}

// A timer may ring in a turn that has read no socket. Two tasks later the loop has looked at its sockets in between: a
// task that is posted comes before the sockets that are ready by then, and a task posted there comes after them.
void LoopEngine::tick() {
  if (std::exchange(is_reading_, true)) return;
  loop_.post([this] { loop_.post([this] { has_read(); }); });
}

void LoopEngine::has_read() {
  is_reading_ = false;
  wire_.judge();
  wants_turn_end_();
}

}  // namespace zeroway
