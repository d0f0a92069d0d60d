#include "broker.h"

#include "error_uris.h"

namespace wamp {

// The elements by their place, which a message's type says: REQUEST 1, OPTIONS 2, TOPIC 3; UNSUBSCRIBE has SUBSCRIPTION
// at 2.

void Broker::refuse(const Session& session, const Message& message, std::string_view uri, const std::string& text) {
  outbox_.send_to(session.id, make_error(message.kind(), message.id(1), uri, text));
}

void Broker::subscribe(const Session& session, const Message& message) {
  const std::string& topic = message.text(3);
  const std::string_view word = match_option(message.map(2));
  const auto match = read_match(word);
  if (!match) return refuse(session, message, kOptionNotAllowed, unknown_match(word));
  if (!is_uri(topic, *match)) return refuse(session, message, kInvalidUri, bad_uri(topic, *match));
  if (subscriptions_.is_full(session.id)) return refuse(session, message, kLimitExceeded, too_many("subscriptions"));
  const Subscription& subscription = subscriptions_.add(session.id, *match, topic);
  outbox_.send_to(session.id, make_message(Kind::subscribed, {message.id(1), subscription.id}));
}

void Broker::unsubscribe(const Session& session, const Message& message) {
  const Id id = message.id(2);
  if (!subscriptions_.remove(session.id, id))
    return refuse(session, message, kNoSuchSubscription, "this session has no subscription " + std::to_string(id));
  outbox_.send_to(session.id, make_message(Kind::unsubscribed, {message.id(1)}));
}

void Broker::publish(const Session& session, Message& message) {
  const Value& options = message.map(2);
  const std::string& topic = message.text(3);
  const bool is_acknowledged = flag(options, "acknowledge");
  const Audience audience(session.id, options);
  Value details = Value::object();
  if (flag(options, "disclose_me")) disclose(session, "publisher", details);
  if (!is_uri(topic) || is_reserved(topic)) {
    if (is_acknowledged) refuse(session, message, kInvalidUri, bad_name(topic));
    return;
  }
  const Id publication = new_id_();
  const Payload payload = message.take_payload(4);
  subscriptions_.each_match(topic, [&](const Subscription& subscription) {
    send_event(subscription, audience.choose(subscription.sessions, sessions_), publication, details, topic, payload);
  });
  if (is_acknowledged) outbox_.send_to(session.id, make_message(Kind::published, {message.id(1), publication}));
}

// Subscribers to a pattern are told which topic it was.
void Broker::send_event(const Subscription& subscription, const std::vector<Id>& sessions, Id publication,
                        Value details, const std::string& topic, const Payload& payload) {
  if (sessions.empty()) return;
  if (subscription.match != Match::exact) details["topic"] = topic;
  outbox_.send(sessions, make_message(Kind::event, {subscription.id, publication, details}, payload));
}

}  // namespace wamp
