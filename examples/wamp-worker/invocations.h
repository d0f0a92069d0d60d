// The calls under way in one realm: who called, who answers, until when.
//
//     CALL ──▶ running ──YIELD, ERROR──▶ over
//                │  └──skip, killnowait, timeout, caller or callee gone──▶ over
//                └──kill──▶ killed ──YIELD, ERROR, caller or callee gone──▶ over
//
// Owner: Dealer.   Thread: the worker's.
// Not here: messages (dealer.h).
#pragma once
#include <chrono>
#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "limits.h"
#include "value.h"

namespace wamp {

// A request, by the session that counts the requests: the caller for calls, the callee for invocations.
struct RequestKey {
  Id session = 0;
  Id request = 0;
  auto operator<=>(const RequestKey&) const = default;
};

struct Invocation {
  RequestKey call;   // of the caller
  RequestKey asked;  // of the callee
  bool wants_progress = false;
  std::optional<Time> deadline = {};
  bool is_killed = false;  // the callee has been told to stop, and has not answered yet
};

class Invocations {
 public:
  // Neither of the two keys is under way.
  void add(const Invocation& invocation);
  // nullptr when it is not under way. Good until the invocation is removed.
  [[nodiscard]] Invocation* find_call(const RequestKey& call);
  [[nodiscard]] Invocation* find_asked(const RequestKey& asked);
  // Forgets the invocation, and returns it.
  Invocation remove(const Invocation& invocation);

  [[nodiscard]] std::size_t calls_of(Id caller) const;
  // Those that this session has called, and those that it is to answer.
  [[nodiscard]] std::vector<Invocation> called_by(Id session) const;
  [[nodiscard]] std::vector<Invocation> asked_of(Id session) const;
  // Those whose deadline is not after `now`.
  [[nodiscard]] std::vector<Invocation> due(Time now) const;
  [[nodiscard]] std::optional<Time> next_deadline() const;
  [[nodiscard]] std::size_t size() const { return calls_.size(); }

 private:
  std::map<RequestKey, Invocation> calls_;           // by the caller's key
  std::map<RequestKey, RequestKey> asked_;           // the callee's key → the caller's
  std::map<Id, std::size_t> counts_;                 // of calls, by caller
  std::set<std::pair<Time, RequestKey>> deadlines_;  // the caller's key
};

}  // namespace wamp
