// One realm: the sessions that have joined it, its broker and its dealer. Messages come in, messages go to the outbox.
//
// Owner: Realms.   Thread: the worker's.
// Not here: how a session begins and ends on its connection (conversation.h).
#pragma once
#include "broker.h"
#include "dealer.h"

namespace wamp {

class Realm {
 public:
  // Both outlive the realm.
  Realm(Outbox& outbox, const IdSource& new_id) : broker_(outbox, new_id, sessions_), dealer_(outbox, sessions_) {}
  Realm(const Realm&) = delete;
  Realm& operator=(const Realm&) = delete;

  // `session.id` is new.
  void join(Session session);
  // A message of a session that has joined. Throws ProtocolViolation when the message may not come so: then nothing has
  // changed, and the caller ends the session.
  void hear(Id session, Message message, Time now);
  // The session is gone, with all that it had. Ignored when it has not joined.
  void leave(Id session);

  void expire(Time now) { dealer_.expire(now); }
  [[nodiscard]] std::optional<Time> next_deadline() const { return dealer_.next_deadline(); }

  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }
  [[nodiscard]] const Broker& broker() const { return broker_; }
  [[nodiscard]] const Dealer& dealer() const { return dealer_; }

 private:
  Sessions sessions_;
  Broker broker_;
  Dealer dealer_;
};

}  // namespace wamp
