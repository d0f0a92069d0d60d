// Where the messages of realms to their sessions go, and where new ids come from.
//
// Owner: whoever makes the realms.   Thread: the worker's.
// Not here: connections (transport.h), who gets what (broker.h, dealer.h).
#pragma once
#include <functional>
#include <span>
#include <utility>

#include "value.h"

namespace wamp {

class Outbox {
 public:
  virtual ~Outbox() = default;
  // Sends a message to each of these sessions; sessions that are gone are skipped. Never waits, and calls no realm.
  virtual void send(std::span<const Id> sessions, Value message) = 0;

  // As send_to(). Whoever made the realm send this should send it no more while this session is behind.
  virtual void send_paced(Id session, Value message) { send_to(session, std::move(message)); }

  void send_to(Id session, Value message) { send({&session, 1}, std::move(message)); }
};

// A new id, 1 … 2^53, that nobody can guess.
using IdSource = std::function<Id()>;

}  // namespace wamp
