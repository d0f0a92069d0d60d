// What each session has: its subscriptions, or its registrations.
//
// Owner: a broker or a dealer.   Thread: the worker's.
#pragma once
#include <map>
#include <set>

#include "limits.h"
#include "value.h"

namespace wamp {

class OwnedIds {
 public:
  [[nodiscard]] bool is_full(Id session) const { return count(session) >= kMaxPerSession; }
  [[nodiscard]] bool has(Id session, Id owned) const {
    const auto at = owned_.find(session);
    return at != owned_.end() && at->second.contains(owned);
  }
  void add(Id session, Id owned) { owned_[session].insert(owned); }
  void remove(Id session, Id owned) {
    const auto at = owned_.find(session);
    if (at == owned_.end()) return;
    at->second.erase(owned);
    if (at->second.empty()) owned_.erase(at);
  }
  // All that the session has, which is forgotten then.
  [[nodiscard]] std::set<Id> take(Id session) {
    auto node = owned_.extract(session);
    return node ? std::move(node.mapped()) : std::set<Id>{};
  }

 private:
  [[nodiscard]] std::size_t count(Id session) const {
    const auto at = owned_.find(session);
    return at == owned_.end() ? 0 : at->second.size();
  }

  std::map<Id, std::set<Id>> owned_;
};

}  // namespace wamp
