// Publish and subscribe in one realm: takes SUBSCRIBE, UNSUBSCRIBE and PUBLISH, and sends EVENT to the subscribers.
//
// Owner: Realm.   Thread: the worker's.
// Not here: who is subscribed to what (subscriptions.h).
#pragma once
#include "audience.h"
#include "message.h"
#include "outbox.h"
#include "subscriptions.h"

namespace wamp {

class Broker {
 public:
  // All outlive the broker. `sessions` has every session that the functions below name.
  Broker(Outbox& outbox, const IdSource& new_id, const Sessions& sessions)
      : outbox_(outbox), new_id_(new_id), sessions_(sessions) {}

  // Each throws ProtocolViolation, and has done nothing then, when an option has the wrong type.
  void subscribe(const Session& session, const Message& message);
  void unsubscribe(const Session& session, const Message& message);
  void publish(const Session& session, Message& message);
  // The session is gone, with its subscriptions.
  void leave(Id session) { subscriptions_.leave(session); }

  [[nodiscard]] std::size_t subscriptions() const { return subscriptions_.size(); }

 private:
  void refuse(const Session& session, const Message& message, std::string_view uri, const std::string& text);
  void send_event(const Subscription& subscription, const std::vector<Id>& sessions, Id publication, Value details,
                  const std::string& topic, const Payload& payload);

  Outbox& outbox_;
  const IdSource& new_id_;
  const Sessions& sessions_;
  Subscriptions subscriptions_;
};

}  // namespace wamp
