// The connections that have no session, and until when each may begin one: a client that only connects holds memory.
//
// Owner: Realms.   Thread: the worker's.
// Not here: what such a client is told (conversation.h), who calls expire() (alarm.h).
#pragma once
#include <optional>
#include <set>
#include <utility>

#include "limits.h"

namespace wamp {

class HelloWait {
 public:
  class Waiter {
   public:
    virtual ~Waiter() = default;
    virtual void hello_is_overdue() = 0;
  };

  // Until `deadline`, or until remove(). The waiter does not wait yet.
  void add(Waiter& waiter, Time deadline) { waiters_.emplace(deadline, &waiter); }
  // Ignored when it does not wait with this deadline.
  void remove(Waiter& waiter, Time deadline) { waiters_.erase({deadline, &waiter}); }

  // Tells the waiters whose deadline is over, once. A waiter that is told may remove itself and others.
  void expire(Time now) {
    while (!waiters_.empty() && waiters_.begin()->first <= now)
      waiters_.extract(waiters_.begin()).value().second->hello_is_overdue();
  }
  [[nodiscard]] std::optional<Time> next_deadline() const {
    return waiters_.empty() ? std::nullopt : std::optional(waiters_.begin()->first);
  }

 private:
  std::set<std::pair<Time, Waiter*>> waiters_;
};

}  // namespace wamp
