#include "subscriptions.h"

namespace wamp {

const Subscription& Subscriptions::add(Id session, Match match, std::string_view topic) {
  Subscription** const known = table_.find(match, topic);
  Subscription* subscription = known == nullptr ? nullptr : *known;
  if (subscription == nullptr) {
    auto fresh = std::make_unique<Subscription>(Subscription{++last_id_, match, std::string(topic), {}});
    subscription = fresh.get();
    table_.put(match, topic, subscription);
    by_id_.emplace(subscription->id, std::move(fresh));
  }
  subscription->sessions.insert(session);
  owned_.add(session, subscription->id);
  return *subscription;
}

bool Subscriptions::remove(Id session, Id subscription) {
  if (!owned_.has(session, subscription)) return false;
  owned_.remove(session, subscription);
  forget(session, *by_id_.at(subscription));
  return true;
}

void Subscriptions::leave(Id session) {
  for (const Id id : owned_.take(session)) forget(session, *by_id_.at(id));
}

void Subscriptions::forget(Id session, Subscription& subscription) {
  subscription.sessions.erase(session);
  if (!subscription.sessions.empty()) return;
  table_.erase(subscription.match, subscription.topic);
  by_id_.erase(subscription.id);
}

}  // namespace wamp
