#include "router/fabric/routing_ids.h"

#include <algorithm>

#include "router/fabric/loop_peer.h"

namespace zeroway {

RoutingIds::Claim RoutingIds::claim(LoopPeer& peer, const std::string& id, Time now) {
  if (peers_.try_emplace(id, &peer).second) return Claim::taken;
  const bool is_waited_for =
      std::any_of(rivals_.begin(), rivals_.end(), [&](const Rival& rival) { return rival.peer->identity() == id; });
  if (is_waited_for) return Claim::refused;
  rivals_.push_back({.peer = &peer, .since = now});
  return Claim::waits;
}

LoopPeer* RoutingIds::find(std::string_view id) const {
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : found->second;
}

void RoutingIds::leave(const LoopPeer& peer, const std::string& id) {
  if (find(id) == &peer) peers_.erase(id);
  std::erase_if(rivals_, [&](const Rival& rival) { return rival.peer == &peer; });
}

RoutingIds::Rival* RoutingIds::find_rival(const LoopPeer& peer) {
  const auto found =
      std::find_if(rivals_.begin(), rivals_.end(), [&](const Rival& rival) { return rival.peer == &peer; });
  return found == rivals_.end() ? nullptr : &*found;
}

}  // namespace zeroway
