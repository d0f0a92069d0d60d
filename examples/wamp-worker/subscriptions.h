// The subscriptions of one realm: which sessions want the events of which topics.
//
// Owner: Broker.   Thread: the worker's.
// Not here: messages (broker.h).
#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "owned_ids.h"
#include "pattern_table.h"
#include "uri.h"
#include "value.h"

namespace wamp {

// All subscribers of one topic or pattern share a subscription, and its id.
struct Subscription {
  Id id = 0;
  Match match = Match::exact;
  std::string topic;
  std::set<Id> sessions;  // never empty
};

class Subscriptions {
 public:
  // Adds the session, and returns the subscription: a new one with the next id if nobody had it. A session may be added
  // twice.
  const Subscription& add(Id session, Match match, std::string_view topic);
  // False when the session has no such subscription.
  bool remove(Id session, Id subscription);
  void leave(Id session);

  [[nodiscard]] bool is_full(Id session) const { return owned_.is_full(session); }
  // Calls take(const Subscription&) for each subscription to this topic.
  template <class Take>
  void each_match(std::string_view topic, Take take) {
    table_.each_match(topic, [&](const Subscription* found) {
      take(*found);
      return true;
    });
  }
  [[nodiscard]] std::size_t size() const { return by_id_.size(); }

 private:
  void forget(Id session, Subscription& subscription);

  PatternTable<Subscription*> table_;
  std::map<Id, std::unique_ptr<Subscription>> by_id_;
  OwnedIds owned_;
  Id last_id_ = 0;
};

}  // namespace wamp
