#include "realm.h"

namespace wamp {

void Realm::join(Session session) {
  const Id id = session.id;
  sessions_.emplace(id, std::move(session));
}

void Realm::hear(Id id, Message message, Time now) {
  const Session& session = sessions_.at(id);
  switch (message.kind()) {
    case Kind::subscribe:
      return broker_.subscribe(session, message);
    case Kind::unsubscribe:
      return broker_.unsubscribe(session, message);
    case Kind::publish:
      return broker_.publish(session, message);
    case Kind::register_:
      return dealer_.register_procedure(session, message);
    case Kind::unregister:
      return dealer_.unregister(session, message);
    case Kind::call:
      return dealer_.call(session, message, now);
    case Kind::cancel:
      return dealer_.cancel(session, message);
    case Kind::yield:
      return dealer_.yield(session, message);
    case Kind::error:
      return dealer_.error(session, message);
    default:
      throw ProtocolViolation(std::string(kind_name(message.kind())) + " may not come within a session");
  }
}

// The dealer still asks for sessions while calls are cleaned up.
void Realm::leave(Id session) {
  broker_.leave(session);
  dealer_.leave(session);
  sessions_.erase(session);
}

}  // namespace wamp
