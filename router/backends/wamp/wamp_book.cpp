#include "router/backends/wamp/wamp_book.h"

#include "router/backends/wamp/wamp_session.h"

namespace zeroway {

WampBook::Place WampBook::add(const WampSession& session) {
  ++counts.open;
  open_.emplace_hint(open_.end(), ++last_, &session);
  return last_;
}

void WampBook::remove(Place place) { counts.open -= open_.erase(place); }

std::vector<WampSessionFacts> WampBook::oldest(std::size_t most) const {
  std::vector<WampSessionFacts> facts;
  for (auto next = open_.begin(); next != open_.end() && facts.size() < most; ++next)
    facts.push_back(next->second->facts());
  return facts;
}

}  // namespace zeroway
