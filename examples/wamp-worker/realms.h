// All realms of one worker, and what they share.
//
// Owner: the program.   Thread: the worker's.
// Not here: the time at which expire() is called (alarm.h).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hello_wait.h"
#include "realm.h"
#include "switchboard.h"

namespace wamp {

class Realms {
 public:
  Realms(const std::vector<std::string>& names, IdSource new_id);
  Realms(const Realms&) = delete;
  Realms& operator=(const Realms&) = delete;

  // nullptr when there is no such realm.
  [[nodiscard]] Realm* find(std::string_view name);
  // A new session id, whose messages go to `transport` until let_go().
  [[nodiscard]] Id connect(Transport& transport);
  void let_go(Id session) { switchboard_.remove(session); }

  // The session that was sent a call or a result by the last message; 0 when there is none, or when it was asked
  // before.
  [[nodiscard]] Id take_paced() { return switchboard_.take_paced(); }
  // nullptr when the session is gone. Good until the session is.
  [[nodiscard]] Transport* transport_of(Id session) const { return switchboard_.find(session); }

  // The connections that have no session.
  [[nodiscard]] HelloWait& hello_wait() { return hello_wait_; }

  // Calls whose timeout is over end, and so do connections that have had no session for too long.
  void expire(Time now);
  [[nodiscard]] std::optional<Time> next_deadline() const;
  [[nodiscard]] std::size_t sessions() const { return switchboard_.sessions(); }

 private:
  const IdSource new_id_;
  Switchboard switchboard_;
  HelloWait hello_wait_;
  std::map<std::string, Realm, std::less<>> realms_;
};

}  // namespace wamp
