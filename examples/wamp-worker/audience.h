// Which subscribers a publication is for: what the options exclude_me, exclude… and eligible… of PUBLISH say.
//
// Owner: one call of Broker::publish.   Thread: the worker's.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "session.h"

namespace wamp {

using Sessions = std::map<Id, Session>;

class Audience {
 public:
  // Throws ProtocolViolation when an option has the wrong type.
  Audience(Id publisher, const Value& options);

  // Those of the subscribers whom the publication is for.
  [[nodiscard]] std::vector<Id> choose(const std::set<Id>& subscribers, const Sessions& sessions) const;

 private:
  template <class T>
  using List = std::optional<std::vector<T>>;

  [[nodiscard]] bool takes(const Session& session) const;

  Id left_out_;  // the publisher, or 0
  List<Id> excluded_, eligible_;
  List<std::string> excluded_authids_, eligible_authids_, excluded_authroles_, eligible_authroles_;
};

}  // namespace wamp
