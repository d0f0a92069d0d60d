#include "dealer.h"

#include "error_uris.h"

namespace wamp {

// The elements by their place, which a message's type says: REQUEST 1, OPTIONS 2, PROCEDURE 3; UNREGISTER has
// REGISTRATION at 2; ERROR has the type of the request at 1, REQUEST 2, DETAILS 3, ERROR 4.

void Dealer::refuse(const Session& session, const Message& message, std::string_view uri, const std::string& text) {
  outbox_.send_to(session.id, make_error(message.kind(), message.id(1), uri, text));
}

void Dealer::register_procedure(const Session& session, const Message& message) {
  const std::string& procedure = message.text(3);
  const std::string_view match_word = match_option(message.map(2));
  const std::string_view invoke_word = word(message.map(2), "invoke", "single");
  const auto match = read_match(match_word);
  const auto invoke = read_invoke(invoke_word);
  if (!match) return refuse(session, message, kOptionNotAllowed, unknown_match(match_word));
  if (!invoke)
    return refuse(session, message, kOptionNotAllowed,
                  "invoke \"" + std::string(invoke_word) + "\": must be single, first, last or roundrobin");
  if (!is_uri(procedure, *match)) return refuse(session, message, kInvalidUri, bad_uri(procedure, *match));
  if (is_reserved(procedure)) return refuse(session, message, kInvalidUri, bad_name(procedure));
  if (registrations_.is_full(session.id)) return refuse(session, message, kLimitExceeded, too_many("registrations"));
  const Registration* const registration = registrations_.add(session.id, *match, procedure, *invoke);
  if (registration == nullptr)
    return refuse(session, message, kProcedureExists, "the procedure " + procedure + " is registered already");
  outbox_.send_to(session.id, make_message(Kind::registered, {message.id(1), registration->id}));
}

void Dealer::unregister(const Session& session, const Message& message) {
  const Id id = message.id(2);
  if (!registrations_.remove(session.id, id))
    return refuse(session, message, kNoSuchRegistration, "this session has no registration " + std::to_string(id));
  outbox_.send_to(session.id, make_message(Kind::unregistered, {message.id(1)}));
}

void Dealer::call(const Session& session, Message& message, Time now) {
  const std::string& procedure = message.text(3);
  if (invocations_.find_call({session.id, message.id(1)}) != nullptr)
    throw ProtocolViolation("the call " + std::to_string(message.id(1)) + " is under way already");
  if (!is_uri(procedure)) return refuse(session, message, kInvalidUri, bad_uri(procedure, Match::exact));
  if (invocations_.calls_of(session.id) >= kMaxPerSession)
    return refuse(session, message, kLimitExceeded, too_many("calls under way"));
  // WAMP's own procedures are not there, and no prefix stands in for them.
  const Registration* const registration = is_reserved(procedure) ? nullptr : registrations_.find(procedure);
  if (registration == nullptr)
    return refuse(session, message, kNoSuchProcedure, "nobody has registered the procedure " + procedure);
  invoke(session, message, *registration, now);
}

void Dealer::invoke(const Session& caller, Message& message, const Registration& registration, Time now) {
  const Value& options = message.map(2);
  const bool wants_progress = flag(options, "receive_progress");
  const bool is_disclosed = flag(options, "disclose_me");
  const auto timeout = milliseconds(options, "timeout");
  Session& callee = sessions_.at(registrations_.next_callee(registration.id));
  Value details = Value::object();
  if (registration.match != Match::exact) details["procedure"] = message.text(3);
  if (is_disclosed) disclose(caller, "caller", details);
  Invocation invocation{{caller.id, message.id(1)}, {callee.id, ++callee.last_invocation}};
  invocation.wants_progress = wants_progress && callee.takes_progress;
  if (invocation.wants_progress) details["receive_progress"] = true;
  if (timeout.count() > 0) invocation.deadline = now + timeout;
  invocations_.add(invocation);
  outbox_.send_paced(callee.id, make_message(Kind::invocation, {invocation.asked.request, registration.id, details},
                                             message.take_payload(4)));
}

void Dealer::cancel(const Session& session, const Message& message) {
  const std::string_view mode = word(message.map(2), "mode", "killnowait");
  if (mode != "skip" && mode != "kill" && mode != "killnowait")
    throw ProtocolViolation("the option mode of CANCEL must be skip, kill or killnowait");
  Invocation* const invocation = invocations_.find_call({session.id, message.id(1)});
  if (invocation == nullptr || invocation->is_killed) return;  // answered, or being killed already
  const bool can_stop = sessions_.at(invocation->asked.session).takes_interrupts;
  if (mode != "skip") interrupt(*invocation, mode);
  if (mode == "kill" && can_stop) {
    invocation->is_killed = true;
    return;
  }
  answer_error(invocations_.remove(*invocation), kCanceled, "the caller cancelled the call");
}

void Dealer::yield(const Session& session, Message& message) {
  const bool is_progress = flag(message.map(2), "progress");
  const Invocation* const invocation = invocations_.find_asked({session.id, message.id(1)});
  if (invocation == nullptr || (is_progress && (!invocation->wants_progress || invocation->is_killed))) return;
  Value details = Value::object();
  if (is_progress) details["progress"] = true;
  const RequestKey call = is_progress ? invocation->call : invocations_.remove(*invocation).call;
  outbox_.send_paced(call.session, make_message(Kind::result, {call.request, details}, message.take_payload(3)));
}

void Dealer::error(const Session& session, Message& message) {
  if (message.number(1) != static_cast<int>(Kind::invocation))
    throw ProtocolViolation("ERROR is for requests of type 68 (INVOCATION)");
  const Invocation* const invocation = invocations_.find_asked({session.id, message.id(2)});
  if (invocation == nullptr) return;
  const RequestKey call = invocations_.remove(*invocation).call;
  const std::string& uri = message.text(4);
  outbox_.send_paced(call.session,
                     make_message(Kind::error, {static_cast<int>(Kind::call), call.request, message.map(3), uri},
                                  message.take_payload(5)));
}

void Dealer::leave(Id session) {
  registrations_.leave(session);
  for (const Invocation& called : invocations_.called_by(session)) {
    if (!called.is_killed && called.asked.session != session) interrupt(called, "killnowait");
    invocations_.remove(called);
  }
  for (const Invocation& asked : invocations_.asked_of(session))
    answer_error(invocations_.remove(asked), kCanceled, "the callee has left");
}

void Dealer::expire(Time now) {
  for (const Invocation& late : invocations_.due(now)) {
    if (!late.is_killed) interrupt(late, "killnowait");
    answer_error(invocations_.remove(late), kTimeout, "the call was not answered in time");
  }
}

void Dealer::interrupt(const Invocation& invocation, std::string_view mode) {
  if (!sessions_.at(invocation.asked.session).takes_interrupts) return;
  outbox_.send_to(invocation.asked.session,
                  make_message(Kind::interrupt, {invocation.asked.request, Value::object({{"mode", mode}})}));
}

void Dealer::answer_error(const Invocation& invocation, std::string_view uri, const std::string& text) {
  outbox_.send_to(invocation.call.session, make_error(Kind::call, invocation.call.request, uri, text));
}

}  // namespace wamp
