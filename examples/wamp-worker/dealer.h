// Remote calls in one realm: takes REGISTER, UNREGISTER, CALL, CANCEL, YIELD and ERROR, and sends INVOCATION,
// INTERRUPT, RESULT and ERROR.
//
// Owner: Realm.   Thread: the worker's.
// Not here: who registered what (registrations.h), which calls are under way (invocations.h), the clock: `now` is
// given.
#pragma once
#include "audience.h"
#include "invocations.h"
#include "message.h"
#include "outbox.h"
#include "registrations.h"

namespace wamp {

class Dealer {
 public:
  // Both outlive the dealer. `sessions` has every session that the functions below name.
  Dealer(Outbox& outbox, Sessions& sessions) : outbox_(outbox), sessions_(sessions) {}

  // Each throws ProtocolViolation, and has done nothing then, when the message may not come so.
  void register_procedure(const Session& session, const Message& message);
  void unregister(const Session& session, const Message& message);
  void call(const Session& session, Message& message, Time now);
  void cancel(const Session& session, const Message& message);
  // What a callee says of a call that is over already is ignored: it could not know.
  void yield(const Session& session, Message& message);
  void error(const Session& session, Message& message);
  // The session is gone, with its registrations; its calls are interrupted, and the callers of calls that it was to
  // answer get an error.
  void leave(Id session);

  // Calls whose timeout is over get an error, and their callees an interrupt.
  void expire(Time now);
  // When the next timeout is over.
  [[nodiscard]] std::optional<Time> next_deadline() const { return invocations_.next_deadline(); }

  [[nodiscard]] std::size_t registrations() const { return registrations_.size(); }
  [[nodiscard]] std::size_t calls() const { return invocations_.size(); }

 private:
  void refuse(const Session& session, const Message& message, std::string_view uri, const std::string& text);
  void invoke(const Session& caller, Message& message, const Registration& registration, Time now);
  // Tells the callee to stop, if it can be told.
  void interrupt(const Invocation& invocation, std::string_view mode);
  void answer_error(const Invocation& invocation, std::string_view uri, const std::string& text);

  Outbox& outbox_;
  Sessions& sessions_;
  Registrations registrations_;
  Invocations invocations_;
};

}  // namespace wamp
