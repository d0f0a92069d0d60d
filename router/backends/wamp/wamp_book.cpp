#include "router/backends/wamp/wamp_book.h"

namespace zeroway {

WampBook::Place WampBook::add(const Client& client) {
  ++counts.open;
  open_.emplace_hint(open_.end(), ++last_, &client);
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
