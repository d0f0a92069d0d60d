// The registrations of one realm: which sessions answer the calls of which procedures.
//
// Owner: Dealer.   Thread: the worker's.
// Not here: messages (dealer.h), calls under way (invocations.h).
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "owned_ids.h"
#include "pattern_table.h"
#include "uri.h"
#include "value.h"

namespace wamp {

// Which callee of a registration gets a call.
enum class Invoke : std::uint8_t {
  single,      // the only one: nobody else can register
  first,       // the one that registered first
  last,        // the one that registered last
  roundrobin,  // each in turn
};

// Nothing for another word.
[[nodiscard]] std::optional<Invoke> read_invoke(std::string_view word);

// All callees of one procedure or pattern share a registration, and its id.
struct Registration {
  Id id = 0;
  Match match = Match::exact;
  std::string procedure;
  Invoke invoke = Invoke::single;
  std::vector<Id> callees = {};  // in the order of their registering; never empty
  std::size_t next = 0;          // roundrobin: whose turn it is
};

class Registrations {
 public:
  // Adds the session, and returns the registration; nullptr when others have registered the procedure and do not share
  // it in this way, or when the session has registered it already.
  const Registration* add(Id session, Match match, std::string_view procedure, Invoke invoke);
  // False when the session has no such registration.
  bool remove(Id session, Id registration);
  void leave(Id session);

  [[nodiscard]] bool is_full(Id session) const { return owned_.is_full(session); }
  // The registration for a call of this procedure: the name itself, else the longest prefix, else the wildcard with the
  // longest text before its first empty component, and so on. nullptr when there is none.
  [[nodiscard]] const Registration* find(std::string_view procedure);
  // Who gets the next call of this registration.
  [[nodiscard]] Id next_callee(Id registration);
  [[nodiscard]] std::size_t size() const { return by_id_.size(); }

 private:
  void forget(Id session, Registration& registration);

  PatternTable<Registration*> table_;
  std::map<Id, std::unique_ptr<Registration>> by_id_;
  OwnedIds owned_;
  Id last_id_ = 0;
};

}  // namespace wamp
