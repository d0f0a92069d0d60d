// Knows the connection of each session, and sends it the messages of its realm.
//
// Owner: the program.   Thread: the worker's.
#pragma once
#include <span>
#include <unordered_map>
#include <utility>

#include "outbox.h"
#include "transport.h"

namespace wamp {

class Switchboard final : public Outbox {
 public:
  // False when another session has the id. `transport` stays until remove().
  [[nodiscard]] bool add(Id session, Transport& transport) { return transports_.emplace(session, &transport).second; }
  void remove(Id session) { transports_.erase(session); }

  void send(std::span<const Id> sessions, Value message) override {
    const Letter letter(std::move(message));
    for (const Id session : sessions)
      if (const auto at = transports_.find(session); at != transports_.end()) at->second->send(letter);
  }

  void send_paced(Id session, Value message) override {
    paced_ = session;
    send_to(session, std::move(message));
  }

  // The session that the last send_paced() went to; 0 when there was none since the last call.
  [[nodiscard]] Id take_paced() { return std::exchange(paced_, 0); }
  // nullptr when the session is gone. Good until the session is.
  [[nodiscard]] Transport* find(Id session) const {
    const auto at = transports_.find(session);
    return at == transports_.end() ? nullptr : at->second;
  }
  [[nodiscard]] std::size_t sessions() const { return transports_.size(); }

 private:
  std::unordered_map<Id, Transport*> transports_;
  Id paced_ = 0;
};

}  // namespace wamp
